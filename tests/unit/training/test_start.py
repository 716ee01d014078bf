"""How soon a step can begin: what its process loads first."""

import subprocess
import sys
from pathlib import Path


def test_a_file_is_judged_before_any_engine_is_loaded() -> None:
    asked = "import sys, training.cli, training.steps.ingest; print(*sorted({'xgboost', 'scipy'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_engine_is_there_when_it_is_asked_for() -> None:
    asked = "import core.forecasting as engine; print(*(getattr(engine, name).__name__ for name in engine.__all__))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ForecastSpec", "Recipe", "TrainedModel", "refit", "train"]


WRITES_A_TABLE = """
import sys

class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "pyarrow":
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Without())
import datetime, polars as pl
from core.contracts.uploads import Upload
from training import table

def merge(name, day, *units):
    when = datetime.datetime(2024, 1, day, tzinfo=datetime.UTC)
    source = Upload(bucket="b", key=name, version_id="v", size=1, uploaded_at=when)
    dates = [datetime.date(2024, 1, 1 + n) for n in range(len(units))]
    rows = {"date": dates, "store_id": "1", "item_id": "2", "units": [float(n) for n in units], "_source_line": 2}
    table.merge(sys.argv[1], pl.DataFrame(rows), source=source, storage_options={})

merge("shop/a.csv", 1, 1, 2)
merge("shop/b.csv", 2, 3)
print(*table.read(sys.argv[1], storage_options={})["units"])
"""


def test_a_table_is_made_merged_and_read_without_pyarrow_which_the_image_does_not_hold(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITES_A_TABLE, str(tmp_path / "sales")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["3.0", "2.0"], done.stderr
