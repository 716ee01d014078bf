"""The journal that makes the emulator's tables outlive a crash."""

from pathlib import Path

import pytest

from local.journal import Journal


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    path = tmp_path / "dynamodb.json"
    path.write_text("{}")
    return path


def again(snapshot: Path) -> Journal:
    return Journal(snapshot.with_suffix(".journal"), snapshot)


def test_what_was_appended_is_there_after_any_number_of_starts(snapshot: Path) -> None:
    again(snapshot).append({"body": "1"})
    again(snapshot).append({"body": "2"})
    assert again(snapshot).entries == again(snapshot).entries == [{"body": "1"}, {"body": "2"}]


def test_a_line_cut_short_is_forgotten_and_does_not_spoil_the_next(snapshot: Path) -> None:
    again(snapshot).append({"body": "1"})
    with snapshot.with_suffix(".journal").open("a") as file:
        file.write('{"body": "2')
    again(snapshot).append({"body": "3"})
    assert again(snapshot).entries == [{"body": "1"}, {"body": "3"}]


def test_a_journal_older_than_the_snapshot_holds_nothing(snapshot: Path) -> None:
    again(snapshot).append({"body": "1"})
    newer = snapshot.with_suffix(".tmp")
    newer.write_text("{}")
    newer.replace(snapshot)
    assert again(snapshot).entries == []


def test_it_begins_anew_on_a_new_snapshot(snapshot: Path) -> None:
    journal = again(snapshot)
    journal.append({"body": "1"})
    newer = snapshot.with_suffix(".tmp")
    newer.write_text("{}")
    newer.replace(snapshot)
    journal.restart()
    journal.append({"body": "2"})
    assert again(snapshot).entries == [{"body": "2"}]


def test_before_the_first_snapshot_it_holds_everything(tmp_path: Path) -> None:
    Journal(tmp_path / "j", tmp_path / "none").append({"body": "1"})
    assert Journal(tmp_path / "j", tmp_path / "none").entries == [{"body": "1"}]
