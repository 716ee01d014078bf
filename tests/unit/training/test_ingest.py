"""From an upload to the table and the verdict, by each entry of the configuration that says what may be taken."""

import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from core.contracts import keys
from core.contracts.dataset import DatasetConfig
from core.contracts.errors import RejectedDataError
from core.contracts.models import Decision
from core.contracts.uploads import Upload
from core.contracts.verdict import Kind, Reason, Verdict
from tests.unit.training.conftest import PlaceHere, context_of
from training import table
from training.steps import ingest
from training.steps.context import DECISION_FILE, Context
from training.steps.train import spec_of

DAYS = "".join(f"2024-01-{day:02d},S1,A,{day}\n" for day in range(1, 31))


Ingest = Callable[..., tuple[Verdict, pl.DataFrame | None]]


@pytest.fixture
def ingested(place: PlaceHere, tmp_path: Path) -> Ingest:
    """Upload a text, run the step twice as after a crash, and look at the verdict and the sales of the table."""

    def run(text: str, reading: str = "") -> tuple[Verdict, pl.DataFrame | None]:
        if reading:
            place.lake.put(keys.config("shop"), f"[reading]\n{reading}\n", "application/toml")
        upload = place.drop("shop/sales.csv", text)
        context = context_of(place, tmp_path / "ml", upload)
        uri = context.table_uri("sales")
        ingest.run(context)
        first = table.version(uri)
        ingest.run(context)
        assert table.version(uri) == first
        verdict = place.raw.document(Verdict, keys.verdict(upload.key, upload.version_id))
        assert verdict is not None
        return verdict, None if first is None else table.read(uri)

    return run


def _units(sales: pl.DataFrame | None, day: str) -> list[float]:
    assert sales is not None
    return sales.filter(pl.col("date").cast(pl.String) == day)["units"].to_list()


@pytest.mark.parametrize(
    ("duplicates", "kind", "units", "refused"),
    [
        ("sum", Kind.REPAIRED, [12.0], 0),
        ("last", Kind.REPAIRED, [7.0], 0),
        ("reject", Kind.QUARANTINED, [], 2),
    ],
)
def test_rows_of_one_key_are_taken_as_the_dataset_declares(
    ingested: Ingest, duplicates: str, kind: Kind, units: list[float], refused: int
) -> None:
    text = f"date,store,item,qty\n{DAYS}2024-01-31,S1,A,5\n2024-01-31,S1,A,7\n"
    verdict, sales = ingested(text, f"duplicates = '{duplicates}'\nmax_refused_share = 0.1")
    assert verdict.kind is kind
    assert verdict.counts.refused == refused
    assert _units(sales, "2024-01-31") == units
    assert sales is not None
    assert sales.height == verdict.counts.canonical


def test_above_the_tolerance_nothing_is_merged_and_every_refused_row_is_kept_apart(
    ingested: Ingest, place: PlaceHere
) -> None:
    text = f"date,store,item,qty\n{DAYS}2024-01-31,S1,A,x\n2024-02-01,S1,A,y\n"
    verdict, sales = ingested(text)
    assert verdict.kind is Kind.REJECTED
    assert verdict.notes[0].reason is Reason.TOO_MANY_REFUSED
    assert verdict.upload is not None
    assert sales is None
    apart = place.raw.text(keys.quarantine(verdict.upload.key, verdict.upload.version_id))
    assert apart is not None
    assert apart.splitlines()[1:] == [
        "32,qty,units_unreadable,2024-01-31,S1,A,x",
        "33,qty,units_unreadable,2024-02-01,S1,A,y",
    ]


def test_below_the_tolerance_the_good_rows_are_merged(ingested: Ingest) -> None:
    verdict, sales = ingested(f"date,store,item,qty\n{DAYS}2024-01-31,S1,A,x\n", "max_refused_share = 0.04")
    assert verdict.kind is Kind.QUARANTINED
    assert sales is not None
    assert sales.height == 30


def test_returns_are_netted_on_their_own_day(ingested: Ingest) -> None:
    lines = "".join(f"{600 + day},2024-01-{day:02d},A,{day},1.5\n" for day in range(1, 31))
    verdict, sales = ingested(f"InvoiceNo,InvoiceDate,StockCode,Quantity,UnitPrice\n{lines}700,2024-01-30,A,-4,1.5\n")
    assert Reason.RETURNS_NETTED in {note.reason for note in verdict.notes}
    assert _units(sales, "2024-01-30") == [26.0]


def test_a_closed_day_reaches_the_table_as_closed_and_not_as_a_zero_sale(ingested: Ingest) -> None:
    days = DAYS.replace("\n", ",1\n")
    verdict, sales = ingested(f"date,store,item,qty,open\n{days}2024-01-31,S1,A,,0\n")
    assert verdict.kind.merged
    assert sales is not None
    closed = sales.filter(~pl.col("open"))
    assert closed["date"].cast(pl.String).to_list() == ["2024-01-31"]
    assert closed["units"].to_list() == [None]


@pytest.mark.parametrize(
    ("step", "due", "why"),
    [(7, True, "no model serves yet"), (14, False, "sales lie 2 weeks apart (2022-01-03, 2022-01-17, ...)")],
)
def test_sales_of_periods_that_are_not_forecast_begin_no_training(
    place: PlaceHere, tmp_path: Path, step: int, due: bool, why: str
) -> None:
    days = [date(2022, 1, 3) + timedelta(days=step * week) for week in range(60)]
    upload = place.drop("shop/sales.csv", "date,store,item,qty\n" + "".join(f"{day},S1,A,7\n" for day in days))
    context = context_of(place, tmp_path / "ml", upload)
    ingest.run(context)
    written = context.folders.processing_output("decision") / DECISION_FILE
    decision = Decision.model_validate_json(written.read_text())
    assert decision.due is due
    assert why in decision.reason
    sales = pl.DataFrame({"date": days, "store_id": "S1", "item_id": "A", "units": 7.0})
    assert spec_of(sales, None, DatasetConfig(frequency="W")).frequency == "W"
    with nullcontext() if due else pytest.raises(RejectedDataError, match="2 weeks apart"):
        spec_of(sales, None, DatasetConfig())


def _again(file: Path) -> str:
    raise AssertionError(f"{file} was hashed again")


def test_the_hash_of_a_file_is_that_of_its_reading(ingested: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "sha256_of", _again)
    text = f"date,store,item,qty\n{DAYS}"
    verdict, _ = ingested(text)
    assert verdict.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_a_file_that_was_refused_unread_has_its_hash_too(ingested: Ingest) -> None:
    verdict, _ = ingested("")
    assert verdict.kind is Kind.REJECTED
    assert verdict.sha256 == hashlib.sha256(b"").hexdigest()


def test_a_run_killed_among_its_files_goes_on_where_it_was(
    place: PlaceHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = [place.drop(f"shop/{name}.csv", f"date,store,item,qty\n2024-01-0{day},S1,A,1\n")
               for day, name in enumerate("abcd", 1)]  # fmt: skip
    context, read = context_of(place, tmp_path / "ml", *uploads), []
    judge = ingest._judge

    def judge_or_die(context: Context, upload: Upload) -> Verdict:
        read.append(upload.key)
        if len(read) == 3:
            raise KeyboardInterrupt
        return judge(context, upload)

    monkeypatch.setattr(ingest, "_judge", judge_or_die)
    with pytest.raises(KeyboardInterrupt):
        ingest.run(context)
    ingest.run(context)
    assert read == ["shop/a.csv", "shop/b.csv", "shop/c.csv", "shop/c.csv", "shop/d.csv"]
    assert table.read(context.table_uri("sales")).height == 4
