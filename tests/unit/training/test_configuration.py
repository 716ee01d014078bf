import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.contracts.dataset import DatasetConfig
from tests import shop
from tests.twin.shops import START
from training.cli import app
from training.configuration import annotated, markdown
from training.reading import read_file

PAGE = Path(__file__).parents[3] / "docs" / "config.md"
GERMAN = "Datum;Filiale;Artikel;Menge;Preis\n" + "".join(f"{d:02}.05.2024;01;A;{d};1,50\n" for d in range(1, 29))


def propose(file: Path, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["config", str(file), *more])
    return result.exit_code, result.stdout


def live(text: str) -> str:
    """The text with every commented key uncommented."""
    lines = text.splitlines()
    return "\n".join(line.removeprefix("# ") if " = " in line or line.startswith("# [") else line for line in lines)


def test_the_page_of_keys_is_the_generated_one() -> None:
    assert PAGE.read_text("utf-8") == markdown(), "run: python -m training.configuration > docs/config.md"


def test_every_key_is_explained() -> None:
    fields = dict(DatasetConfig.model_fields)
    for name in ("reading", "model", "retrain", "gate"):
        fields |= DatasetConfig.model_fields[name].annotation.model_fields  # type: ignore[union-attr]
        fields.pop(name)
    text = annotated()
    for name, field in fields.items():
        assert field.description, name
        assert f"{name} = " in text or f".{name}]" in text


def test_an_empty_configuration_with_all_remarks_changes_nothing() -> None:
    assert DatasetConfig.from_toml(annotated(), "annotated") == DatasetConfig()


def test_every_remark_is_a_value_that_may_be_written() -> None:
    config = DatasetConfig.from_toml(live(annotated()), "uncommented")
    assert config.model.horizon == 28
    assert config.reading.columns["store_id"] == "Filiale"


def test_a_proposal_reads_its_file_as_it_was_read(tmp_path: Path) -> None:
    file = tmp_path / "umsatz.csv"
    file.write_text(GERMAN, encoding="cp1252")
    code, text = propose(file)
    config = DatasetConfig.from_toml(text, "proposed")
    assert code == 0
    assert (config.frequency, config.reading.delimiter, config.reading.decimal) == ("D", ";", ",")
    assert config.reading.columns == {
        "date": "Datum", "store_id": "Filiale", "item_id": "Artikel", "units": "Menge", "price": "Preis",
    }  # fmt: skip
    first, again = read_file(file), read_file(file, config=config)
    assert first.table is not None
    assert again.table is not None
    assert again.table.equals(first.table)


def test_a_proposal_goes_where_it_is_asked_to(tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_bytes(shop.csv(START, 30))
    code, printed = propose(file, "--out", str(tmp_path / "config" / "shop.toml"))
    written = (tmp_path / "config" / "shop.toml").read_text("utf-8")
    assert (code, printed) == (0, "")
    assert DatasetConfig.from_toml(written, "written").frequency == "D"


def test_a_file_that_needs_a_decision_says_which(tmp_path: Path) -> None:
    file = tmp_path / "ambiguous.csv"
    file.write_text("date,store,item,units\n03/04/2024,1,A,5\n04/05/2024,1,A,6\n")
    code, text = propose(file)
    assert code == 1
    assert "# The file is refused: " in text
    assert "date_format" in text
    DatasetConfig.from_toml(text, "proposed")


@pytest.mark.parametrize("value", ['"quoted"', "tab\t", "Größe", "#hash", "a=b"])
def test_column_names_of_any_spelling_come_back(value: str) -> None:
    text = annotated(f"[reading.columns]\nunits = {json.dumps(value)}\n")
    assert DatasetConfig.from_toml(text, "any").reading.columns == {"units": value}
