"""Remarks on tables that were read whole: they refuse nothing."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note


@pytest.mark.parametrize("column", ["item", "store"])
def test_ids_that_a_spreadsheet_has_rounded_are_kept_as_written_and_told(read: Read, column: str) -> None:
    reading = read(f"date,{column},qty\n2024-01-28,4.00638E+12,5\n2024-01-28,12345,6\n")
    assert reading.verdict.kind is Kind.ACCEPTED
    assert reading.rows is not None
    assert reading.rows[f"{column}_id"].to_list() == ["12345", "4.00638E+12"]
    assert "'4.00638E+12' are long numbers" in note(reading.verdict, Reason.ID_ROUNDED).sentence


@pytest.mark.parametrize("name", ["1e5", "4.00638E+12-A", "E+12", "4006381333931", "2E"])
def test_other_ids_are_not_taken_for_rounded_ones(read: Read, name: str) -> None:
    reading = read(f"date,item,qty\n2024-01-28,{name},5\n")
    assert Reason.ID_ROUNDED not in {each.reason for each in reading.verdict.notes}
