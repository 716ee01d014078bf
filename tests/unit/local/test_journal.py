"""What makes the emulator's state outlive a crash: the journal and the generations."""

from pathlib import Path

import pytest

from local.aws.generations import Generations
from local.aws.journal import Journal


def test_what_was_appended_is_there_after_any_number_of_starts(tmp_path: Path) -> None:
    Journal(tmp_path / "j").append({"body": "1"})
    Journal(tmp_path / "j").append({"body": "2\n3"})
    assert Journal(tmp_path / "j").entries == Journal(tmp_path / "j").entries == [{"body": "1"}, {"body": "2\n3"}]


@pytest.mark.parametrize("before", [[], [{"body": "1"}]])
def test_a_line_cut_short_is_forgotten_and_does_not_spoil_the_next(
    tmp_path: Path, before: list[dict[str, str]]
) -> None:
    for entry in before:
        Journal(tmp_path / "j").append(entry)
    with (tmp_path / "j").open("a") as file:
        file.write('{"body": "2')
    Journal(tmp_path / "j").append({"body": "3"})
    assert Journal(tmp_path / "j").entries == [*before, {"body": "3"}]


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    made = Generations(tmp_path / "state")
    made.restore()
    return made


def save(generations: Generations, name: str, text: str) -> None:
    """As the emulator writes: whole, in the place of what was there."""
    (generations.work / "new.tmp").write_text(text)
    (generations.work / "new.tmp").replace(generations.work / name)


def test_a_start_finds_what_was_committed_and_nothing_written_after(generations: Generations) -> None:
    save(generations, "sqs.json", "1")
    save(generations, "ssm.json", "1")
    generations.commit()
    save(generations, "sqs.json", "2")
    save(generations, "half.tmp", "2")
    generations.restore()
    assert {path.name: path.read_text() for path in generations.work.iterdir()} == {"sqs.json": "1", "ssm.json": "1"}


def test_a_commit_begins_an_empty_journal_and_a_restore_keeps_it(generations: Generations) -> None:
    Journal(generations.journal).append({"body": "1"})
    generations.restore()
    assert Journal(generations.journal).entries == [{"body": "1"}]
    generations.commit()
    assert Journal(generations.journal).entries == []


def test_old_generations_go_away_and_one_never_made_good_does_not_count(generations: Generations) -> None:
    save(generations, "sqs.json", "1")
    generations.commit()
    (generations.root / "generation-99").mkdir()
    generations.restore()
    assert (generations.work / "sqs.json").read_text() == "1"
    generations.commit()
    assert len(list(generations.root.glob("generation-*"))) == 1
