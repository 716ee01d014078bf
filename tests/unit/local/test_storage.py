"""A folder that is in use while it travels to the bucket."""

from pathlib import Path
from typing import Any

import pytest

from local.sagemaker.storage import Storage


class Bucket:
    """Remembers what was put; lets a file vanish just before its turn."""

    def __init__(self, vanishing: Path) -> None:
        self.vanishing = vanishing
        self.put: list[str] = []

    def upload_file(self, path: str, bucket: str, key: str) -> None:
        if Path(path) == self.vanishing:
            raise FileNotFoundError(path)
        self.put.append(f"{bucket}/{key}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("final.draft", "mean.ubj"):
        (tmp_path / name).write_text(name)
    return tmp_path


def storage(bucket: Any) -> Storage:
    return Storage(bucket)


def test_a_draft_that_is_gone_before_its_turn_ends_no_training(folder: Path) -> None:
    bucket = Bucket(folder / "final.draft")
    seen: dict[Path, tuple[int, int]] = {}
    storage(bucket).upload(folder, "s3://here/checkpoints", seen)
    assert bucket.put == ["here/checkpoints/mean.ubj"]
    assert set(seen) == {folder / "mean.ubj"}, "the other is looked for again"


def test_a_file_missing_from_what_was_left_for_good_is_an_error(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        storage(Bucket(folder / "mean.ubj")).upload(folder, "s3://here/model")
