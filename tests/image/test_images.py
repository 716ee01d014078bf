"""The images are built, started and asked."""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib.metadata import version

import polars as pl
import pytest

from core.contracts.models import Manifest
from core.forecasting import ForecastSpec, Recipe, refit
from k8s_charts.pods import USER
from tests.contract.conftest import Parts
from tests.contract.due import due
from tests.image.conftest import COMMIT, ROOT, Image, buildah
from tests.unit.service.shop import manifest, parquet
from training.pipeline.jobs import entrypoint
from training.steps.context import MANIFEST_FILE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("image")]
DEADLINE = 120.0
PARQUET = "application/vnd.apache.parquet"


def sales() -> pl.DataFrame:
    days = pl.DataFrame({"day": range(150)})
    series = pl.DataFrame({"store_id": ["01", "2"], "item_id": ["milk", "milk"], "level": [20, 60]})
    return days.join(series, how="cross").select(
        (pl.lit(date(2024, 1, 1)) + pl.duration(days="day")).cast(pl.Date).alias("date"),
        "store_id",
        "item_id",
        (pl.col("level") + pl.col("day") % 7 + (pl.col("day") * 7919) % 5).cast(pl.Float64).alias("units"),
    )


@pytest.fixture
def address(service: Image) -> Iterator[str]:
    """The service's image, started as SageMaker starts it, with a model of ours; nothing but /tmp can be written."""
    folder = service.root / "opt/ml/model"
    refit(sales(), ForecastSpec(horizon=7, frequency="D", backtest_windows=1), Recipe(rounds=10)).save(folder)
    files = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
    (folder / "manifest.json").write_text(manifest("shop-1", files=files).model_dump_json())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    entry = service.config["Entrypoint"]
    command = service.read_only(f"SAGEMAKER_BIND_TO_PORT={port}", "HOST=127.0.0.1", *entry, "serve")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_for_ping(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        said = process.communicate(timeout=DEADLINE)[0]
        shutil.rmtree(folder)
    assert process.returncode == 0, said


def wait_for_ping(address: str, process: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()[0]
        try:
            with urllib.request.urlopen(f"{address}/ping", timeout=5) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"{address}/ping was not answered in {DEADLINE} s")


def test_the_service_image_answers_ping_and_invocations(address: str) -> None:
    dates = [date(2024, 5, 30) + timedelta(days=day) for day in range(7)]
    series = sales().select("store_id", "item_id").unique(maintain_order=True)
    future = series.join(pl.DataFrame({"date": dates}), how="cross").with_columns(_future=True)
    body = parquet(pl.concat([sales().with_columns(_future=False), future], how="diagonal_relaxed"))
    asked = urllib.request.Request(  # noqa: S310
        f"{address}/invocations", data=body, headers={"Content-Type": PARQUET, "Accept": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
        found = json.load(answer)
    assert found["model_id"] == "shop-1"
    assert len(found["forecasts"]) == 2 * 7


def test_the_training_image_trains_and_forecasts(training: Image) -> None:
    sales().write_csv(training.root / "tmp/sales.csv")
    entry = training.config["Entrypoint"]
    asked = ["forecast", "--sales", "/tmp/sales.csv", "--horizon", "7", "--out", "/tmp/forecast.csv"]  # noqa: S108
    done = subprocess.run(training.chroot(*entry, *asked), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    forecast = pl.read_csv(training.root / "tmp/forecast.csv")
    assert forecast.height == 2 * 7


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Of a train step whose table and decision lie in an emulator's buckets."""
    found = Parts(tmp_path_factory.mktemp("cloud"))
    try:
        found.start()
        yield due(found)
    finally:
        found.stop()


def test_the_pipeline_s_train_step_runs_in_the_image(training: Image, environment: Mapping[str, str]) -> None:
    given = [f"{name}={value}" for name, value in environment.items() if os.environ.get(name) != value]
    folder = training.root / "opt/ml"
    for name in ("model", "checkpoints", "output/data"):
        (folder / name).mkdir(parents=True)
    for path in (folder, *folder.rglob("*")):  # as SageMaker mounts them
        os.chown(path, 0, 0)
        path.chmod(0o700)
    (training.root / "tmp").chmod(0o755)
    user = int(training.config["User"].partition(":")[0])
    command = training.chroot(*given, *entrypoint("train"), user=user)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE)
    assert done.returncode == 0, done.stdout + done.stderr
    written = list((folder / "model").iterdir())
    bundle = Manifest.model_validate_json((folder / "model" / MANIFEST_FILE).read_text())
    assert {each.stat().st_uid for each in written} == {USER}, "started as root, worked as nobody"
    assert all(each.stat().st_mode & 0o044 == 0o044 for each in written), "the service is another user"
    for name in ("model", "checkpoints", "output"):
        shutil.rmtree(folder / name)
    folder.chmod(0o755)
    assert bundle.git_commit == COMMIT
    assert bundle.libraries["xgboost-cpu"] == version("xgboost-cpu")


PROBE = """
import ctypes, json, os, sys
print(json.dumps({
    "modules": sorted(sys.modules), "users": os.getresuid(), "groups": [*os.getresgid(), *os.getgroups()],
    "no_new_privileges": ctypes.CDLL(None).prctl(39, 0, 0, 0, 0),
}))
raise SystemExit
"""


def test_nothing_that_reads_data_is_loaded_before_root_is_given_up(training: Image) -> None:
    """The first package of others that the entry loads is swapped for one that says who loads it."""
    probe = training.root / "tmp/probe"
    probe.mkdir()
    (probe / "typer.py").write_text(PROBE)
    user = int(training.config["User"].partition(":")[0])
    command = training.chroot("PYTHONPATH=/tmp/probe:/srv/forecast", *entrypoint("train"), user=user)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    shutil.rmtree(probe)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert set(found["users"]) == set(found["groups"]) == {USER}
    assert found["no_new_privileges"] == 1
    assert not {"polars", "deltalake", "boto3", "training.commands", "training.steps"} & set(found["modules"])


def test_a_step_that_is_told_nothing_leaves_its_reason_where_sagemaker_reads_it(training: Image) -> None:
    entry = training.config["Entrypoint"]
    done = subprocess.run(training.chroot(*entry, "step", "train"), capture_output=True, text=True, check=False)
    assert done.returncode != 0
    reason = training.root / "opt/ml/output/failure"
    assert "BUCKET" in reason.read_text(), done.stderr
    reason.unlink()


@pytest.mark.parametrize("target", ["service", "training"])
def test_the_image_says_what_it_is_and_works_as_nobody(target: str, request: pytest.FixtureRequest) -> None:
    image: Image = request.getfixturevalue(target)
    assert image.config["User"] == {"service": f"{USER}:{USER}", "training": "0:0"}[target]
    assert (f"JOB_USER={USER}" in image.config["Env"]) == (target == "training"), "root is given up at once"
    labels = image.config["Labels"]
    assert labels["org.opencontainers.image.revision"] == COMMIT
    assert labels["org.opencontainers.image.version"] == "1.2"
    health = str(image.config["Healthcheck"])
    assert ("/livez" in health) == (target == "service")


@pytest.mark.parametrize("target", ["service", "training"])
def test_the_image_holds_no_installer_no_compiler_and_no_room_but_its_own(
    target: str, request: pytest.FixtureRequest
) -> None:
    image: Image = request.getfixturevalue(target)
    for tool in ("gcc", "cc", "g++", "make", "pip", "pip3", "curl", "wget", "git"):
        assert not any((image.root / folder / tool).exists() for folder in ("opt/app/bin", "usr/bin", "usr/local/bin"))
    done = subprocess.run(image.chroot("python3", "-c", "import pip"), capture_output=True, text=True, check=False)
    assert "No module named 'pip'" in done.stderr
    rooms = {folder.name for folder in (image.root / "srv/forecast").iterdir()}
    assert rooms == {"core", target}
    assert not any((image.root / "root/.cache").rglob("*"))


@pytest.mark.parametrize("target", ["service", "training"])
def test_no_program_of_the_image_runs_as_somebody_else(target: str, request: pytest.FixtureRequest) -> None:
    image: Image = request.getfixturevalue(target)
    find = ["find", str(image.root), "-xdev", "-type", "f", "-perm", "/6000"]
    assert subprocess.run(find, capture_output=True, text=True, check=True).stdout == ""


@pytest.mark.parametrize("target", ["service", "training"])
def test_the_image_does_not_tell_where_its_packages_came_from(target: str, request: pytest.FixtureRequest) -> None:
    """The address of a company's own index may hold a password."""
    image: Image = request.getfixturevalue(target)
    assert "PIP_" not in buildah("inspect", "--type", "image", image.name, store=image.store)
    assert not [file for file in image.root.glob("**/pip.conf") if file.is_file()]


def test_the_list_of_components_names_every_package(service: Image) -> None:
    listed = json.loads((service.root / "opt/app/share/sbom.cdx.json").read_text())
    assert listed["bomFormat"] == "CycloneDX"
    debian = [each for each in listed["components"] if each["purl"].startswith("pkg:deb/debian/")]
    python = [each for each in listed["components"] if each["purl"].startswith("pkg:pypi/")]
    (interpreter,) = [each for each in listed["components"] if each["purl"].startswith("pkg:generic/python@")]
    asked = service.chroot("python3", "-c", "import platform; print(platform.python_version())")
    assert interpreter["version"] == subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    every = listed["components"]
    assert len(debian) + len(python) + 1 == len(every) == len({each["bom-ref"] for each in every})
    query = ["dpkg-query", "--show", "--showformat=${Package} ${Version} ${Architecture}\\n"]
    lines = subprocess.run(service.chroot(*query), capture_output=True, text=True, check=True).stdout.split("\n")
    assert {f"{each['name']} {each['version']} {each['purl'].split('arch=')[1].split('&')[0]}" for each in debian} == {
        line for line in lines if line
    }
    assert all(each["purl"].endswith("distro=debian-12") for each in debian)
    found = {f"{each['name'].lower().replace('_', '-')}=={each['version']}" for each in python}
    pinned = re.findall(r"^(\S+==\S+) \\$", (ROOT / "requirements/image.txt").read_text(), re.MULTILINE)
    assert found == {each.lower() for each in pinned}


def test_the_image_is_not_larger_than_it_must_be(service: Image) -> None:
    used = subprocess.run(["du", "-sm", service.root / "opt/app"], capture_output=True, text=True, check=True)
    assert int(used.stdout.split()[0]) < 750
