"""The sweep: finds what events did not bring, and brings it on its way.

Run on a schedule and after an outage. It needs no event to have arrived: the bucket, the uploads
table and SageMaker itself are asked.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from core.contracts.errors import RetailForecastError
from lambdas.on_upload.logic import Desk, Received, dataset_or_none, take_in
from lambdas.on_upload.raw import Version
from lambdas.shared.at_once import at_once
from lambdas.shared.closing import Closer, close_if_ended
from lambdas.shared.dynamo import UNNAMED, sort_key
from lambdas.shared.flight import Starter, start_if_idle
from lambdas.shared.log import logger

TROUBLE: Final = (BotoCoreError, ClientError, RetailForecastError)
"""What one object or dataset may raise without keeping the sweep from the others."""

Found = Received | Exception
"""What came of one version."""


class Known(Protocol):
    """What the sweep needs of the uploads table."""

    def datasets(self) -> list[str]:
        """Names of all datasets that ever had an upload to ingest."""
        ...

    def take_stock(self, dataset: str) -> set[str]:
        """Sort keys of everything claimed in a dataset."""
        ...


@dataclass
class Swept:
    """What a sweep did."""

    claimed: int = 0
    closed: int = 0
    started: int = 0
    troubles: int = 0

    def report(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


@dataclass(frozen=True)
class Sweeper:
    """All that is needed to sweep."""

    desk: Desk
    known: Known
    starter: Starter
    closer: Closer
    each: Callable[[Callable[[Version], Found], list[Version]], list[Found]] = at_once
    """Calls for every version; after an outage there are many, and each waits for answers."""


def sweep(sweeper: Sweeper, now: datetime) -> tuple[Swept, Received]:
    """Claim what was never claimed, close flights whose run has ended, start what waits.

    Trouble with one object or dataset is logged and counted, and keeps nobody else waiting.
    """
    swept, received = Swept(), Received()

    def claim(version: Version) -> Found:
        try:
            return take_in(sweeper.desk, [version], now)
        except TROUBLE as error:
            return error

    unclaimed = _unclaimed(sweeper)
    for version, found in zip(unclaimed, sweeper.each(claim, unclaimed), strict=True):
        if isinstance(found, Received):
            received.add(found)
        else:
            _note(swept, version.key, found)
    swept.claimed = received.claimed
    for dataset in sorted(set(sweeper.known.datasets()) | received.datasets):
        try:
            swept.closed += close_if_ended(sweeper.closer, sweeper.starter.pipelines, dataset, now) is not None
            swept.started += start_if_idle(sweeper.starter, dataset, now) is not None
        except TROUBLE as error:
            _note(swept, dataset, error)
    return swept, received


def _note(swept: Swept, what: str, error: Exception) -> None:
    swept.troubles += 1
    logger.error("the sweep could not deal with this", concerned=what, error=str(error))


def _unclaimed(sweeper: Sweeper) -> list[Version]:
    by_dataset: defaultdict[str, list[Version]] = defaultdict(list)
    for version in sweeper.desk.raw.everything():
        by_dataset[dataset_or_none(version.key) or UNNAMED].append(version)
    return [
        version
        for dataset, versions in sorted(by_dataset.items())
        for claimed in [sweeper.known.take_stock(dataset)]
        for version in versions
        if sort_key(version.key, version.version_id) not in claimed
    ]
