"""The documented reason codes are those of the code."""

from pathlib import Path

import pytest

from core.contracts.verdict import Reason
from training.reading import read_file
from training.reading.verdicts.codes import words_for
from training.reading.verdicts.examples import CASES, EXAMPLES, FILES, HEADER
from training.reading.verdicts.reasons import markdown

PAGE = Path(__file__).parents[3] / "docs" / "verdicts.md"


def test_the_committed_page_is_the_generated_one() -> None:
    assert PAGE.read_text("utf-8") == markdown(), "run: python -m training.reading.verdicts.reasons > docs/verdicts.md"


def test_every_reason_has_a_meaning_and_a_cure() -> None:
    for reason in Reason:
        assert words_for(reason).meaning
        assert words_for(reason).cure


@pytest.mark.parametrize("reason", EXAMPLES)
def test_the_example_of_a_code_comes_to_that_code(reason: Reason, tmp_path: Path) -> None:
    days = "".join(f"2024-01-{day:02d},S1,A,{day}\n" for day in range(1, 29))
    path = tmp_path / "sales.csv"
    path.write_text(f"{HEADER}\n{days}{EXAMPLES[reason]}\n")
    verdict = read_file(path).verdict
    told = [refusal.reason for refusal in verdict.refusals] + [note.reason for note in verdict.notes]
    assert reason in told
    assert set(told) <= {reason, Reason.TOO_MANY_REFUSED}


@pytest.mark.parametrize("reason", FILES)
def test_the_example_file_of_a_code_comes_to_that_code(reason: Reason, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    text = FILES[reason] and FILES[reason] + "\n"
    path.write_bytes(text.encode("cp1252" if reason is Reason.ENCODING_FALLBACK else "utf-8"))
    verdict = read_file(path).verdict
    assert reason in [refusal.reason for refusal in verdict.refusals] + [note.reason for note in verdict.notes]


def test_every_code_has_an_example() -> None:
    assert set(Reason) == {*EXAMPLES, *FILES, *CASES}
