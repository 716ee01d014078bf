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


HOSTILE = "<script>alert('x')</script>"


def test_the_page_for_sharing_is_whole_in_itself_and_escapes_what_the_file_says(tmp_path: Path) -> None:
    days = "".join(f'2024-01-{day:02d},"{HOSTILE}",{day}\n' for day in range(1, 29))
    path = tmp_path / "a<b>&.csv"
    path.write_text(
        f'date,item,"qty {HOSTILE}"\n{days}'
        f'2024-02-01,A,"{HOSTILE}"\n2024-02-02,A,"\x1b[31m\u202egpj.exe"\n2024-02-03,A,{"9" * 500}x\n',
        "utf-8",
    )
    config, page = tmp_path / "dataset.toml", tmp_path / "shared" / "verdict.html"
    config.write_text(f'[reading]\nmax_refused_share = 0.2\ncolumns = {{ units = "qty {HOSTILE}" }}\n')
    assert run(str(path), "--config", str(config), "--html", str(page))[0] == 0
    text = page.read_text("utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in text
    assert "<h1><bdi>a&lt;b&gt;&amp;.csv</bdi></h1>" in text
    assert "\\x1b[31m\\u202egpj.exe" in text
    assert "9" * 201 not in text
    assert not [mark for mark in ("http:", "https:", "src=", "href=", "url(", "@import") if mark in text]
    assert "default-src 'none'" in text


def test_the_page_shows_counts_that_add_up_and_each_refused_row(tmp_path: Path) -> None:
    path, page = tmp_path / "a.csv", tmp_path / "a.html"
    path.write_text("date,item,qty\n2024-01-31,A,5\n2024-02-01,A,x\n\n")
    assert run(str(path), "--html", str(page))[0] == 1
    text = page.read_text("utf-8")
    for value, what in ((3, "read"), (1, "kept"), (0, "merged"), (1, "left out"), (1, "refused")):
        assert f"<b>{value}</b><span>{what}</span>" in text
    assert "<code><bdi>x</bdi></code>" in text
    assert "units_unreadable" in text


def test_a_sentence_does_not_repeat_the_name_it_is_shown_beside(good: Path, tmp_path: Path) -> None:
    assert run(str(good))[1].count("good.csv") == 1
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    code, text = run(str(empty))
    assert code == 1
    assert text.count("empty.csv") == 1
    assert "The file is empty" in text
