"""A file that was one of sales and is now a plan, or the other way round: it speaks in one table only.

Each table knows the newest version of a file among its own rows. When a corrected file goes to the other table, its
older versions are taken back from the first. Whoever merges looks afterwards what the other table has of the file, and
takes back the older of both: so nothing of an older version stays, whichever of two merges at one time is the last.
"""

from collections.abc import Callable

from core.contracts.uploads import Upload
from training import table
from training.claims import time_of


def settle(name: str, upload: Upload, uri_of: Callable[[str], str], *, is_newest: Callable[[], bool]) -> int:
    """After ``upload`` was merged into the table ``name``: rows of older versions that were taken back.

    Args:
        name: ``sales`` or ``plan``.
        upload: The version that was merged.
        uri_of: Address of a table by its name.
        is_newest: Whether the bucket gives this version to a reader; asked where times of one second do not tell.
    """
    other = next(each for each in table.TABLES if each != name)
    there = table.versions_of(uri_of(other), upload.key)
    own = time_of(upload)
    newer = {version for version, time in there.items() if time > own or (time == own and not is_newest())}
    taken = 0
    if newer:
        taken += _take_back(uri_of(name), upload.key, {upload.version_id}, other)
    if older := there.keys() - newer:
        taken += _take_back(uri_of(other), upload.key, older, name)
    return taken


def _take_back(uri: str, key: str, versions: set[str], now: str) -> int:
    done = table.withdraw(uri, key, versions, reason=f"the file is now one of {now}")
    return done.gone if done else 0
