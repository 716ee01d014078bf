"""How soon a step can begin: what its process loads first."""

import subprocess
import sys


def test_a_file_is_judged_before_any_engine_is_loaded() -> None:
    asked = "import sys, training.cli, training.steps.ingest; print(*sorted({'xgboost', 'scipy'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_engine_is_there_when_it_is_asked_for() -> None:
    asked = "import core.forecasting as engine; print(*(getattr(engine, name).__name__ for name in engine.__all__))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ForecastSpec", "Recipe", "TrainedModel", "refit", "train"]
