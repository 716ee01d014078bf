"""``python -m training check``: the verdict for people and machines, and the rows."""

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from core.contracts.dataset import DatasetConfig
from core.contracts.verdict import Verdict
from training.commands.check import check
from training.reading import read_file
from training.reading.propose import proposed_config

app = Typer()
app.command()(check)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_text("date;store;item;qty\n2024-01-31;S1;=A;-5\n2024-02-01;S1;=A;6\n")
    return path


def test_a_usable_file_exits_0_and_writes_its_rows(good: Path, tmp_path: Path) -> None:
    out = tmp_path / "rows" / "table.csv"
    code, text = run(str(good), "--out", str(out))
    assert code == 0
    assert "ACCEPTED" in text
    assert out.read_text().splitlines() == [
        "date,store_id,item_id,units",
        "2024-01-31,S1,'=A,-5.0",
        "2024-02-01,S1,'=A,6.0",
    ]


def test_json_is_the_verdict(good: Path) -> None:
    code, text = run(str(good), "--json")
    assert code == 0
    assert Verdict.model_validate(json.loads(text)).counts.canonical == 2


def test_a_refused_file_exits_1_and_shows_line_value_and_cure(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("date,qty\n03/04/2024,5\n05/06/2024,[red]6\n")
    code, text = run(str(path))
    assert code == 1
    assert "REJECTED" in text
    assert "reading.date_format" in text.replace("\n", "")
    assert "03/04/2024" in text


def test_the_configuration_is_used_and_a_wrong_one_is_a_sentence(tmp_path: Path) -> None:
    path, config = tmp_path / "a.csv", tmp_path / "dataset.toml"
    path.write_text("date,qty\n03/04/2024,5\n05/06/2024,6\n")
    config.write_text('[reading]\ndate_format = "%d/%m/%Y"\n')
    assert run(str(path), "--config", str(config))[0] == 0
    config.write_text("[reading]\ndecimal = 'x'\n")
    code, text = run(str(path), "--config", str(config))
    assert code == 2
    assert "reading.decimal" in text


@pytest.mark.parametrize("text", ["KW;Filiale;Menge\nKW 01/2024;1;1,5\n", "Date,Store,Sales\n31 Jan 2024,1,5\n"])
def test_a_proposed_configuration_reads_the_file_as_it_was_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    first = read_file(path)
    config = DatasetConfig.from_toml(proposed_config(first, DatasetConfig()), "proposed")
    again = read_file(path, config=config)
    assert first.table is not None
    assert again.table is not None
    assert again.table.equals(first.table)
