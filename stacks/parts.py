"""Parts that more than one stack knows by name."""

from typing import Final

from core.contracts.names import Purpose

FUNCTIONS: Final = ("on_upload", "promote", "on_pipeline_change")
"""The functions, as their folders below ``lambdas/`` are called."""
BUCKETS: Final[dict[str, tuple[Purpose, ...]]] = {
    "data": ("raw", "lake", "artifacts", "logs"),
    "observability": ("trail",),
    "delivery": ("delivery",),
}
"""Stack -> its buckets."""
ROLLBACK_TOPIC: Final = "rollback"
"""An accuracy alarm of a dataset sent there brings back the champion before."""
WEEKLY: Final = "maintain-weekly"
"""The rule that starts the tables' upkeep by the clock."""
SOURCE_CHANGED: Final = "source-changed"
"""The rule that starts the delivery pipeline for a new ``source.zip``."""
DELIVERY_FAILED: Final = "delivery-failed"
"""The rule that tells people of a stage of the delivery pipeline that failed."""
ACCOUNT_WIDE: Final = ("Scope", "account")
"""Tag of what serves every environment of the account; it stays when one of them is taken down."""


def component(function: str) -> str:
    """Name of a function in resource names: ``on_upload`` -> ``on-upload``."""
    return function.replace("_", "-")
