"""A file is withdrawn while it is being ingested: nothing of it stays in either order, and what comes later does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.contracts import keys
from core.contracts.errors import RejectedDataError
from core.contracts.uploads import Upload
from core.contracts.verdict import Kind, Verdict
from tests.unit.training.conftest import PlaceHere, context_of
from training import table
from training.attempts import Change
from training.steps import ingest
from training.store import Bucket
from training.withdrawal import withdraw

OTHER = "date,store_id,item_id,units\n2024-01-01,S1,A,1\n2024-01-02,S1,A,2\n"
FILE = "date,store_id,item_id,units\n2024-01-02,S1,A,50\n2024-01-03,S1,A,60\n"


class Shop:
    """A dataset with one file in its table, and another one under way."""

    def __init__(self, place: PlaceHere, folder: Path) -> None:
        self.place, self._folder = place, folder
        self.ingest(place.drop("shop/before.csv", OTHER), "r0")

    def ingest(self, upload: Upload, run_id: str = "r1") -> None:
        """Run the ingest step."""
        ingest.run(context_of(self.place, self._folder / run_id, upload, run_id=run_id))

    def withdraw(self) -> None:
        """What a person does."""
        withdraw(self.place, "shop", "file.csv", delete=True)

    @property
    def units(self) -> list[float]:
        """Live sales, by day."""
        return table.read(self.place.table("shop", "sales")[0])["units"].to_list()

    def verdict(self, upload: Upload) -> Verdict | None:
        """What was said of an upload."""
        return self.place.raw.document(Verdict, keys.verdict(upload.key, upload.version_id))


@pytest.fixture
def shop(place: PlaceHere, tmp_path: Path) -> Shop:
    return Shop(place, tmp_path)


@contextmanager
def around(
    owner: Any, name: str, *, before: Callable[[], None] | None = None, after: Callable[[], None] | None = None
) -> Iterator[None]:
    """Something happens once, just before or just after a function is called."""
    real = getattr(owner, name)
    waiting = {"before": before, "after": after}

    def call(*arguments: Any, **named: Any) -> Any:
        if hook := waiting.pop("before", None):
            hook()
        answer = real(*arguments, **named)
        if hook := waiting.pop("after", None):
            hook()
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, call)
        yield


class KilledError(BaseException):
    """The process ends here."""


def kill() -> None:
    raise KilledError


MOMENTS = [("download", Bucket, "before"), ("download", Bucket, "after"), ("upsert", table, "before"),
           ("upsert", table, "after"), ("put_document", Bucket, "after")]  # fmt: skip


@pytest.mark.parametrize(("name", "owner", "when"), MOMENTS)
def test_nothing_of_a_file_withdrawn_while_it_is_ingested_stays(shop: Shop, name: str, owner: Any, when: str) -> None:
    upload = shop.place.drop("shop/file.csv", FILE)
    with around(owner, name, **{when: shop.withdraw}):
        shop.ingest(upload)
    assert shop.units == [1.0, 2.0]
    assert shop.verdict(upload) is not None


@pytest.mark.parametrize(("name", "owner", "when"), MOMENTS)
def test_a_killed_ingest_of_a_withdrawn_file_leaves_nothing_when_it_is_repeated(
    shop: Shop, name: str, owner: Any, when: str
) -> None:
    upload = shop.place.drop("shop/file.csv", FILE)
    with around(owner, name, **{when: kill}), pytest.raises(KilledError):
        shop.ingest(upload)
    shop.withdraw()
    shop.ingest(upload)
    assert shop.units == [1.0, 2.0]
    told = shop.verdict(upload)
    assert told is not None
    assert told.kind is Kind.IGNORED


def test_a_withdrawal_killed_before_the_rows_went_is_repeated_to_its_end(shop: Shop) -> None:
    shop.ingest(shop.place.drop("shop/file.csv", FILE))
    with around(table, "withdraw", before=kill), pytest.raises(KilledError):
        shop.withdraw()
    assert shop.units == [1.0, 50.0, 60.0]
    shop.withdraw()
    shop.withdraw()
    assert shop.units == [1.0, 2.0]


def test_what_is_uploaded_again_after_a_withdrawal_counts(shop: Shop) -> None:
    shop.ingest(shop.place.drop("shop/file.csv", FILE))
    shop.withdraw()
    again = shop.place.drop("shop/file.csv", FILE)
    shop.ingest(again, "r2")
    assert shop.units == [1.0, 50.0, 60.0]
    told = shop.verdict(again)
    assert told is not None
    assert told.kind is Kind.ACCEPTED


def test_what_is_uploaded_again_while_a_withdrawal_is_under_way_counts(shop: Shop) -> None:
    shop.ingest(shop.place.drop("shop/file.csv", FILE))

    def upload_again() -> None:
        shop.ingest(shop.place.drop("shop/file.csv", FILE.replace("60", "70")), "r2")

    with around(Bucket, "versions", before=upload_again):
        shop.withdraw()
    assert shop.units == [1.0, 50.0, 70.0]


@pytest.mark.parametrize("seconds", [0, 1])
@pytest.mark.parametrize(("name", "owner"), [("upsert", table), ("commit", Change), ("put_document", Bucket)])
def test_a_late_merge_of_an_older_version_changes_nothing(shop: Shop, name: str, owner: Any, seconds: int) -> None:
    """Not even the rows that the newer version no longer has, nor when both are of one second."""
    old = shop.place.drop("shop/file.csv", FILE)

    def correct() -> None:
        new = shop.place.drop("shop/file.csv", FILE.replace("2024-01-03,S1,A,60\n", "2024-01-20,S1,A,70\n"))
        later = new.model_copy(update={"uploaded_at": old.uploaded_at + timedelta(seconds=seconds)})
        shop.ingest(later, "r2")

    with around(owner, name, before=correct):
        shop.ingest(old)
    assert shop.units == [1.0, 50.0, 70.0]
    assert shop.verdict(old) is not None


@pytest.mark.parametrize("same", [True, False])
def test_a_file_withdrawn_and_sent_again_within_a_second_while_it_is_written_counts_once(
    shop: Shop, *, same: bool
) -> None:
    upload = shop.place.drop("shop/file.csv", FILE)

    def again() -> None:
        shop.withdraw()
        new = shop.place.drop("shop/file.csv", FILE if same else FILE.replace("60", "70"))
        shop.ingest(new.model_copy(update={"uploaded_at": upload.uploaded_at}), "r2")

    with around(Change, "commit", before=again):
        shop.ingest(upload)
    assert shop.units == [1.0, 50.0, 60.0 if same else 70.0]
    told = shop.verdict(upload)
    assert told is not None
    assert told.kind is Kind.IGNORED


def test_a_version_of_the_same_second_that_comes_while_the_rows_go_keeps_its_own(shop: Shop) -> None:
    upload = shop.place.drop("shop/file.csv", FILE)
    shop.ingest(upload)

    def again() -> None:
        new = shop.place.drop("shop/file.csv", FILE.replace("60", "70"))
        shop.ingest(new.model_copy(update={"uploaded_at": upload.uploaded_at}), "r2")

    with around(Change, "commit", before=again):
        shop.withdraw()
    assert shop.units == [1.0, 50.0, 70.0]


def test_a_copy_withdrawn_just_before_it_is_written_leaves_nothing_when_the_first_file_is_corrected(
    shop: Shop,
) -> None:
    copy = shop.place.drop("shop/file.csv", OTHER)
    with around(Change, "commit", before=shop.withdraw):
        shop.ingest(copy)
    shop.ingest(shop.place.drop("shop/before.csv", FILE), "r2")
    assert shop.units == [50.0, 60.0]


def test_a_version_that_the_bucket_no_longer_keeps_is_withdrawn(shop: Shop) -> None:
    upload = shop.place.drop("shop/file.csv", FILE)
    shop.ingest(upload)
    shop.place.raw.s3.delete_object(Bucket="raw", Key=upload.key, VersionId=upload.version_id)
    shop.withdraw()
    assert shop.units == [1.0, 2.0]


def test_a_file_that_never_was_is_named_with_what_comes_near(shop: Shop) -> None:
    with pytest.raises(RejectedDataError, match=r"ever uploaded.*'shop/before.csv'"):
        withdraw(shop.place, "shop", "bfore.csv")
