"""When the champion pointer moves forward: to an approved model newer than all that served.

Packages are ordered by their version. One group numbers them in the order of registration; when
the group was made anew its numbers start again, and then only time can tell, so a package made
after the last move of the pointer is newer too.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.contracts.models import Champion, ChampionPointer

MAX_HISTORY: Final = 20
_VERSION: Final = re.compile(r"/(\d+)$")


@dataclass(frozen=True)
class Package:
    """A registered model, as far as promotion needs it."""

    arn: str
    created_at: datetime
    dataset: str
    run_id: str
    model_id: str
    bundle_uri: str

    @property
    def version(self) -> int:
        """Number of the package within its group; 0 for a package outside of any."""
        return _version(self.arn)


def promotion(pointer: ChampionPointer | None, package: Package, reason: str, now: datetime) -> ChampionPointer | None:
    """Pointer after the promotion of an approved package; None when the pointer must not move."""
    champion = Champion(
        model_id=package.model_id,
        model_package_arn=package.arn,
        bundle_uri=package.bundle_uri,
        promoted_at=now,
        reason=reason,
    )
    if pointer is None:
        return ChampionPointer(dataset=package.dataset, current=champion)
    if pointer.current.model_id == package.model_id or not _newer(package, pointer):
        return None
    history = (pointer.current, *pointer.history)[:MAX_HISTORY]
    return pointer.model_copy(update={"current": champion, "history": history})


def _newer(package: Package, pointer: ChampionPointer) -> bool:
    known = (pointer.current, *pointer.history, *pointer.withdrawn)
    if package.version > max(_version(champion.model_package_arn) for champion in known):
        return True
    return package.created_at > max(champion.promoted_at for champion in known)


def _version(arn: str) -> int:
    match = _VERSION.search(arn)
    return int(match[1]) if match else 0
