"""Regions, countries and marketplaces as the places of rows, where no column is of stores."""

import pytest

from core.contracts.verdict import Reason
from tests.unit.reading.conftest import Read, note, rows

SALES = "date,{area},product,units\n2024-05-06,North,Tea,4\n2024-05-06,South,Tea,6\n2024-05-07,North,Tea,3\n"
FOUND = [("2024-05-06", "North", 4.0), ("2024-05-06", "South", 6.0), ("2024-05-07", "North", 3.0)]


@pytest.mark.parametrize("area", ["REGION", "Region Name", "Marketplace", "Land", "Ciudad", "Sales Territory"])
def test_an_area_that_tells_rows_of_one_day_and_item_apart_is_their_store(read: Read, area: str) -> None:
    assert rows(read(SALES.format(area=area)), "date", "store_id", "units") == FOUND


def test_of_several_areas_the_one_that_tells_the_others_is_taken(read: Read) -> None:
    text = "date,country,city,units\n2024-05-06,FR,Paris,4\n2024-05-06,FR,Lyon,6\n2024-05-06,DE,Bonn,3\n"
    assert rows(read(text), "store_id", "units") == [("Bonn", 3.0), ("Lyon", 6.0), ("Paris", 4.0)]


def test_an_area_beside_stores_or_documents_or_that_settles_nothing_is_no_store(read: Read) -> None:
    beside = "date,region,store,units\n2024-05-06,North,S1,4\n2024-05-06,North,S2,6\n"
    assert rows(read(beside), "store_id") == [("S1",), ("S2",)]
    lines = "date,invoice,region,product,units\n2024-05-06,1,North,Tea,4\n2024-05-06,2,South,Tea,6\n"
    assert rows(read(lines), "store_id", "units") == [("all", 10.0)]
    alone = "date,region,product,units\n2024-05-06,North,Tea,4\n2024-05-06,South,Cake,6\n"
    assert rows(read(alone), "store_id") == [("all",), ("all",)]


@pytest.mark.parametrize(
    "text",
    ["date,region,units\n2024-05-06,Albany,4\n2024-05-06,Boston,6\n2024-05-06,Total US,10\n",
     "date,city,dessert,units\n2024-05-06,Paris,Flan,14\n2024-05-06,Lyon,Tarte,8\n"],
)  # fmt: skip
def test_an_area_is_not_taken_where_a_value_is_a_total_or_another_text_may_be_the_item(read: Read, text: str) -> None:
    assert "No column is known as the item or the store" in read(text).verdict.sentence


@pytest.mark.parametrize("wide", ["West", "Europe"])
def test_an_area_that_holds_the_others_is_no_store(read: Read, wide: str) -> None:
    rest = (5, 7) if wide == "Europe" else (0, 0)  # what is not shown of it
    text = f"date,region,units\n2024-05-06,{wide},{14 + rest[0]}\n2024-05-06,Köln,8\n2024-05-06,Bonn,6\n"
    text += f"2024-05-13,{wide},{18 + rest[1]}\n2024-05-13,Köln,10\n2024-05-13,Bonn,8\n"
    assert "No column is known as the item or the store" in read(text).verdict.sentence


def test_a_part_of_a_country_beside_its_states_is_told(read: Read) -> None:
    days = [f"2024-03-{day},{area},{day}\n" for day in (13, 14, 15) for area in ("West", "Nevada", "Oregon")]
    told = note(read("date,region,units\n" + "".join(days)).verdict, Reason.TAKEN_AS).sentence
    assert "'region' says 'West' (line 2) beside 'Nevada', which may lie within it" in told
    alike = "".join(days).replace("Nevada", "East").replace("Oregon", "Mid South")
    assert not [entry for entry in read("date,region,units\n" + alike).verdict.notes if entry.reason is Reason.TAKEN_AS]
