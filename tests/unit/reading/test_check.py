"""``python -m training check``: the verdict for people and machines, and the rows."""

import json
import re
import zipfile
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
        f'2024-02-01,A,"{HOSTILE}"\n2024-02-02,A,"\x1b[31m\u202egpj.exe"\n2024-02-03,A,{"9" * 500}x\n'
        f"2024-02-04,A,{'8' * 5000}x\n",
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
    assert "9" * 500 in text
    assert "8" * 2001 not in text
    assert not [mark for mark in ("http:", "https:", "src=", "href=", "url(", "@import") if mark in text]
    assert "default-src 'none'" in text


def test_the_page_shows_counts_that_add_up_and_each_refused_row(tmp_path: Path) -> None:
    path, page = tmp_path / "a.csv", tmp_path / "a.html"
    path.write_text("date,item,qty\n2024-01-31,A,5\n2024-02-01,A,x\n\n")
    assert run(str(path), "--html", str(page))[0] == 1
    text = page.read_text("utf-8")
    for value, what in ((3, "read"), (1, "usable"), (0, "to merge"), (1, "left out"), (1, "refused")):
        assert f"<b>{value}</b><span>{what}</span>" in text
    assert "Nothing was taken." in text
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


@pytest.fixture
def mostly_bad(tmp_path: Path) -> Path:
    """1,200 rows that are refused, more than a verdict lists, and 4,800 that are not."""
    path = tmp_path / "bad.csv"
    rows = [f"2024-01-{i % 28 + 1:02d},A{i},{5 if i % 5 else '=x'}\n" for i in range(6000)]
    path.write_text("date,item,qty\n" + "".join(rows))
    return path


def test_every_refused_row_can_be_written_and_the_screen_says_how(mostly_bad: Path, tmp_path: Path) -> None:
    assert "and 1,180 more; --refused FILE.csv writes every one" in run(str(mostly_bad))[1]
    out = tmp_path / "apart" / "refused.csv"
    code, text = run(str(mostly_bad), "--refused", str(out))
    assert code == 1
    assert "1,180 more" in text
    lines = out.read_text().splitlines()
    assert lines[0] == "line,column,reason,date,item,qty"
    assert len(lines) == 1 + 1200
    assert lines[1] == "2,qty,units_unreadable,2024-01-01,A0,'=x"


def test_rows_of_a_rejected_file_are_usable_and_none_is_called_kept(mostly_bad: Path) -> None:
    text = run(str(mostly_bad))[1]
    assert "usable" in text
    assert "kept" not in text
    assert "canonical" not in text


def test_a_file_refused_whole_shows_examples_and_promises_no_further_rows(tmp_path: Path) -> None:
    path, out = tmp_path / "either.csv", tmp_path / "refused.csv"
    path.write_text("date,qty\n" + "".join(f"0{n % 9 + 1}/0{n % 7 + 1}/2024,{n}\n" for n in range(60)))
    code, text = run(str(path), "--refused", str(out))
    assert code == 1
    assert "Lines that show it" in text
    assert "All 60 rows of the file are refused with it." in text
    assert "more;" not in text
    assert "the file is refused as a whole" in text
    assert not out.exists()


def test_a_long_cell_takes_one_line_of_the_screen_and_stands_whole_in_the_json(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    days = "".join(f"2024-01-{n:02d},{n}\n" for n in range(1, 29))
    path.write_text(f"date,qty\n{days}2024-02-01,{'x' * 600}\n")
    text = run(str(path))[1]
    assert len([line for line in text.splitlines() if "xxx" in line]) <= 3
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "\u2026" in text
    assert json.loads(run(str(path), "--json")[1])["refusals"][0]["value"] == "x" * 600


def test_one_of_a_kind_is_told_in_the_singular(tmp_path: Path) -> None:
    path = tmp_path / "total.csv"
    path.write_text("date,item,qty\n2024-01-31,A,5\n2024-01-31,B,6\nTotal,,11\n")
    text = run(str(path))[1]
    assert "1 row of totals" in text
    assert "(line 4)" in text


def test_refused_rows_of_an_archive_name_the_file_they_stand_in(tmp_path: Path) -> None:
    path, out = tmp_path / "two.zip", tmp_path / "refused.csv"
    days = "".join(f"2024-01-{n:02d},A,{n}\n" for n in range(1, 32))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("jan.csv", f"date,item,qty\n{days}2024-02-01,A,x\n")
        archive.writestr("feb.csv", f"date,item,qty\n{days.replace('A', 'B')}2024-02-01,B\n")
    code, text = run(str(path), "--refused", str(out))
    assert code == 0
    assert "jan.csv: qty" in text
    assert re.search(r"line 33 +feb\.csv ", text)
    assert sorted(out.read_text().splitlines()[1:]) == [
        "33,feb.csv,ragged_row,2024-02-01,B",
        "33,jan.csv: qty,units_unreadable,2024-02-01,A,x",
    ]
