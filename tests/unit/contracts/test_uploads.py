"""Which of two versions is newer does not depend on who told their times."""

from datetime import UTC, datetime

from core.contracts.uploads import Upload

SECOND = datetime(2024, 1, 1, 12, 0, 10, tzinfo=UTC)


def upload(key: str, when: datetime) -> Upload:
    return Upload(bucket="b", key=key, version_id="1", size=1, uploaded_at=when)


def test_a_version_found_by_a_listing_is_the_one_that_its_event_told_of() -> None:
    assert upload("shop/a.csv", SECOND.replace(microsecond=999_000)) == upload("shop/a.csv", SECOND)


def test_of_two_files_of_one_second_the_same_is_newer_whichever_of_them_was_found_by_a_listing() -> None:
    listed = SECOND.replace(microsecond=120_000)
    for first, second in ((SECOND, SECOND), (listed, SECOND), (SECOND, listed), (listed, listed)):
        found = upload("shop/b.csv", first), upload("shop/a.csv", second)
        assert max(found, key=lambda each: (each.uploaded_at, each.key)).key == "shop/b.csv"


def test_a_stored_upload_is_read_back_as_it_was() -> None:
    known = upload("shop/a.csv", SECOND.replace(microsecond=5))
    assert Upload.model_validate_json(known.model_dump_json()) == known
