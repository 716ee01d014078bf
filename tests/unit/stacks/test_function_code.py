"""The zip of the functions: what is in it, and that it suffices."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.stacks.synthesis import assembly

pytestmark = pytest.mark.xdist_group("synth")
HANDLERS = ("on_upload", "promote", "on_pipeline_change")


@pytest.fixture(scope="module")
def code() -> Path:
    (asset,) = [path for path in assembly("dev").glob("asset.*") if (path / "lambdas").is_dir()]
    return asset


def test_it_holds_the_functions_and_the_contracts_alone(code: Path) -> None:
    files = [path.relative_to(code) for path in code.rglob("*") if path.is_file()]
    assert {path.parts[0] for path in files} == {"lambdas", "core"}
    assert {path.parts[1] for path in files if path.parts[0] == "core"} == {"__init__.py", "contracts"}
    assert {path.suffix for path in files} == {".py"}


def test_it_is_small(code: Path) -> None:
    assert sum(path.stat().st_size for path in code.rglob("*") if path.is_file()) < 500_000


@pytest.mark.parametrize("name", HANDLERS)
def test_a_handler_starts_from_it_with_nothing_but_the_layer_s_libraries(code: Path, name: str) -> None:
    forbidden = ("polars", "xgboost", "numpy", "pandas", "deltalake", "pyarrow", "fastapi", "pydantic_settings")
    program = (
        f"import sys; sys.path.insert(0, {str(code)!r})\n"
        f"import lambdas.{name}.handler as handler\n"
        f"assert handler.__file__.startswith({str(code)!r}) and callable(handler.handler)\n"
        f"print([name for name in {forbidden!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=code.parent,
        env={"AWS_DEFAULT_REGION": "ap-southeast-1", "POWERTOOLS_TRACE_DISABLED": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
