"""Object keys say which dataset a file belongs to and where its papers lie."""

import pytest

from core.contracts import keys
from core.contracts.errors import RejectedDataError

LONGEST = "a-" * 19 + "aa"


@pytest.mark.parametrize(
    ("key", "dataset"),
    [
        ("grocery/2024-05.csv", "grocery"),
        ("grocery/2024/May sales é.csv", "grocery"),
        ("top.csv", "default"),
        (f"{LONGEST}/x.csv", LONGEST),
    ],
)
def test_the_first_folder_is_the_dataset(key: str, dataset: str) -> None:
    assert keys.dataset_of(key) == dataset


@pytest.mark.parametrize(
    "key",
    [
        f"{LONGEST}a/x.csv",
        "My Shop/a.csv",
        "UPPER/a.csv",
        "a--b/x.csv",
        "../x.csv",
        "-a/x.csv",
        "/x.csv",
    ],
)
def test_a_folder_that_is_no_dataset_name_is_refused_with_the_cure(key: str) -> None:
    with pytest.raises(RejectedDataError, match="use 1-40 lower-case letters"):
        keys.dataset_of(key)


def test_what_the_system_writes_into_the_raw_bucket_is_told_from_what_people_drop() -> None:
    assert keys.is_ours(keys.verdict("grocery/a.csv", "v1"))
    assert keys.is_ours(keys.quarantine("grocery/a.csv", "v1"))
    assert not keys.is_ours("grocery/verdicts/a.csv")
