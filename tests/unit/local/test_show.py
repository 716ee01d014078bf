"""What the commands print."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from core.contracts.errors import RetailForecastError
from core.contracts.uploads import Upload
from core.contracts.verdict import Counts, Kind, Reason, Refusal, Verdict
from local import show
from local.stage import stage


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=160, highlight=False)


def text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_verdict_names_each_refused_row_as_it_was_written(console: Console) -> None:
    refusal = Refusal(line=23, column="Sales", value="[bold]n/a", reason=Reason.UNITS_UNREADABLE, cure="write a number")
    upload = Upload(bucket="b", key="shop/a.csv", version_id="v", size=1, uploaded_at=datetime.now(UTC))
    counts = Counts(read=10, kept=9, refused=1, canonical=9)
    found = Verdict(kind=Kind.QUARANTINED, sentence="9 of 10 rows", upload=upload, counts=counts, refusals=(refusal,))
    show.verdict(console, found)
    for words in ("quarantined", "shop/a.csv", "23", "Sales", "[bold]n/a", "units_unreadable", "write a number"):
        assert words in text(console)


def test_a_what_if_tells_how_far_it_is_from_what_is_published(console: Console) -> None:
    row = {"date": "2024-01-01", "p10": 1.0, "p50": 2.0, "p90": 4.0, "mean": 2.5, "published": {"mean": 2.0}}
    show.what_if(console, {"forecasts": [row, row | {"mean": 1.9}]})
    assert "+0.5" in text(console)
    assert "-0.1" in text(console)
    assert "altogether 4.4, published 4.0" in text(console)


def test_a_forecast_is_a_table_with_its_model_and_its_interval_drawn(console: Console) -> None:
    row = {"date": "2024-01-01", "p10": 1.0, "p50": 2.0, "p90": 4.0, "mean": 2.2}
    answer: dict[str, Any] = {
        "store_id": "001", "item_id": "07", "model_id": "m1", "data_as_of": "2023-12-31", "tier": "model",
        "forecasts": [row],
    }  # fmt: skip
    show.forecast(console, answer)
    assert "001 x 07" in text(console)
    assert re.search("░+━░+", text(console))


def test_causes_are_a_column_each_and_say_what_they_rest_on(console: Console) -> None:
    row = {
        "date": "2024-01-01",
        "mean": 2.5,
        "causes": {"baseline": 2.0, "price": 0.0, "season": 0.5},
        "basis": "sales",
    }
    show.causes(console, {"forecasts": [row, row | {"causes": None, "basis": None}]})
    assert [word for word in ("baseline", "season", "+0.5", "rests on: sales") if word not in text(console)] == []
    assert "price" not in text(console)


def test_stages_say_a_thing_once(console: Console) -> None:
    with stage(console, "Up") as now:
        for word in ("a", "a", "b"):
            now.say(word)
    assert text(console).split()[2:4] == ["a", "b"]
    assert "Up" in text(console)


def test_the_newest_log_of_a_step_is_shown_and_an_unknown_one_named(console: Console, tmp_path: Path) -> None:
    (tmp_path / "e1").mkdir()
    (tmp_path / "e1" / "Train.log").write_text("one\ntwo [bold]x\n")
    show.logs(console, tmp_path, "train", 1)
    assert "two [bold]x" in text(console)
    assert "one" not in text(console)
    with pytest.raises(RetailForecastError, match="Train"):
        show.logs(console, tmp_path, "nothing", 1)
