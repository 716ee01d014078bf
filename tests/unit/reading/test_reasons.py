"""The documented reason codes are those of the code."""

from pathlib import Path

from core.contracts.verdict import Reason
from training.reading.codes import words_for
from training.reading.reasons import markdown

PAGE = Path(__file__).parents[3] / "docs" / "verdicts.md"


def test_the_committed_page_is_the_generated_one() -> None:
    assert PAGE.read_text("utf-8") == markdown(), "run: python -m training.reading.reasons > docs/verdicts.md"


def test_every_reason_has_a_meaning_and_a_cure() -> None:
    for reason in Reason:
        assert words_for(reason).meaning
        assert words_for(reason).cure
