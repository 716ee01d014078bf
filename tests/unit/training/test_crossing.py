"""A file that was one of sales is replaced by a plan, or the other way round: it speaks in one table only."""

from pathlib import Path

import polars as pl
import pytest

from core.contracts import keys
from core.contracts.models import Decision
from core.contracts.uploads import Upload
from core.contracts.verdict import Verdict
from tests.unit.training.conftest import PlaceHere, context_of
from tests.unit.training.test_withdrawal import Shop, around
from training import table
from training.steps import ingest
from training.steps.context import DECISION_FILE

SALES = "date,store_id,item_id,units\n2024-01-02,S1,A,50\n2024-01-03,S1,A,60\n"
PLAN = "date,store_id,item_id,promo\n2024-01-02,S1,A,1\n2024-01-03,S1,A,0\n"
REFUSED = "date,store_id,item_id\n2024-01-02,S1,A\n"


@pytest.fixture
def shop(place: PlaceHere, tmp_path: Path) -> Shop:
    return Shop(place, tmp_path)


def plan(shop: Shop) -> pl.DataFrame:
    return table.read(shop.place.table("shop", "plan")[0])


def drop(shop: Shop, text: str) -> Upload:
    return shop.place.drop("shop/file.csv", text)


def test_sales_replaced_by_a_plan_leave_none_of_their_rows_and_uncover_what_they_had_covered(shop: Shop) -> None:
    shop.ingest(drop(shop, SALES))
    assert shop.units == [1, 50, 60]
    shop.ingest(drop(shop, PLAN), "r2")
    assert shop.units == [1, 2]
    assert plan(shop)["promo"].to_list() == [True, False]


def test_a_plan_replaced_by_sales_leaves_none_of_its_rows(shop: Shop) -> None:
    shop.ingest(drop(shop, PLAN))
    shop.ingest(drop(shop, SALES), "r2")
    assert plan(shop).height == 0
    assert shop.units == [1, 50, 60]


def test_a_file_may_go_to_and_fro(shop: Shop) -> None:
    for number, text in enumerate((SALES, PLAN, SALES, PLAN)):
        shop.ingest(drop(shop, text), f"r{number + 1}")
        is_sales = text == SALES
        assert shop.units == ([1, 50, 60] if is_sales else [1, 2])
        assert number == 0 or plan(shop).height == (0 if is_sales else 2)


def test_a_replacement_that_is_refused_takes_nothing_back(shop: Shop) -> None:
    shop.ingest(drop(shop, SALES))
    shop.ingest(drop(shop, REFUSED), "r2")
    assert shop.units == [1, 50, 60]


def test_sales_that_are_written_while_a_plan_replaces_them_take_their_own_rows_back(shop: Shop) -> None:
    def replaced() -> None:
        shop.ingest(drop(shop, PLAN), "r2")

    first = drop(shop, SALES)
    with around(table, "_commit_merge", before=replaced):
        shop.ingest(first)
    assert shop.units == [1, 2]
    assert plan(shop)["promo"].to_list() == [True, False]


def test_a_dataset_whose_only_sales_became_a_plan_has_no_rows_and_trains_nothing(
    place: PlaceHere, tmp_path: Path
) -> None:
    for number, text in enumerate((SALES, PLAN)):
        upload = place.drop("shop/file.csv", text)
        context = context_of(place, tmp_path / f"ml{number}", upload, run_id=f"r{number}")
        ingest.run(context)
    verdict = place.raw.document(Verdict, keys.verdict(upload.key, upload.version_id))
    assert verdict is not None
    assert verdict.kind.merged
    told = (context.folders.processing_output("decision") / DECISION_FILE).read_text()
    decision = Decision.model_validate_json(told)
    assert (decision.due, decision.reason) == (False, "the table has no rows any more")
