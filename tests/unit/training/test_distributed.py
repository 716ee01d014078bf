"""Two hosts as two processes: one model, one fate."""

import signal
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.contracts.errors import ConfigError
from core.forecasting.metrics import scores
from core.forecasting.model import TrainedModel
from tests.unit.training.processes import Process, await_, bundle, ended, finish, host, kill, round_of, start
from training.distributed import Hosts
from training.interruption import EXIT_CODE

NAMES = ["127.0.0.1", "127.0.0.2"]


def both(folder: Path, what: str = "shops", trainings: tuple[str, str] = ("mine", "mine")) -> list[Process]:
    """Two hosts on their way; the second comes first."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        more: Mapping[str, str] = {"TRAINING_PORT": str(free.getsockname()[1])}
    roots = [host(folder / name, name, NAMES) for name in NAMES]
    second = start(roots[1], trainings[1], what, more)
    return [start(roots[0], trainings[0], what, more), second]


def first(folder: Path) -> Path:
    return folder / NAMES[0]


def test_two_hosts_grow_the_trees_of_one_where_features_have_few_values(tmp_path: Path) -> None:
    finish(tmp_path / "one", what="trees")
    for process in both(tmp_path, "trees"):
        ended(process)
    assert bundle(first(tmp_path)) == bundle(tmp_path / "one")
    second = [file.name for file in (tmp_path / NAMES[1]).rglob("*") if file.is_file()]
    assert second == ["resourceconfig.json"], "the first host saves and keeps the progress"


def test_two_hosts_make_a_model_as_good_as_one(tmp_path: Path) -> None:
    finish(tmp_path / "one")
    for process in both(tmp_path):
        ended(process)
    one, two = (TrainedModel.load(folder / "model") for folder in (tmp_path / "one", first(tmp_path)))
    assert one.features == two.features
    assert one.core.rows == two.core.rows
    spread = "quantiles.ubj"
    assert bundle(first(tmp_path))[spread] == bundle(tmp_path / "one")[spread], "one host alone fits it"
    assert one.backtest.select("window", "date", "store_id", "item_id", "units", "naive").equals(
        two.backtest.select("window", "date", "store_id", "item_id", "units", "naive")
    )
    before, after = scores(one.backtest).wape, scores(two.backtest).wape
    assert before is not None
    assert after == pytest.approx(before, rel=0.03)


def test_a_host_without_a_series_of_its_own_takes_part(tmp_path: Path) -> None:
    for process in both(tmp_path, "shop"):
        ended(process)
    assert {"log.ubj", "tweedie.ubj", "model.json"} <= set(bundle(first(tmp_path)))


@pytest.mark.parametrize("lost", [0, 1])
def test_a_lost_host_ends_the_others_and_all_go_on_to_the_same_bytes(tmp_path: Path, lost: int) -> None:
    processes = both(tmp_path)
    await_(lambda: round_of(first(tmp_path), "backtest-tweedie") >= 25, processes[0])
    kill(processes[lost])
    ended(processes[lost], -signal.SIGKILL)
    ended(processes[1 - lost], 1)
    reason = (tmp_path / NAMES[1 - lost] / "output" / "failure").read_text()
    assert NAMES[lost] in reason
    reached = round_of(first(tmp_path), "backtest-tweedie")
    said = [ended(process) for process in both(tmp_path)]
    assert f"backtest-tweedie goes on after round {reached}" in said[0]
    for process in both(tmp_path / "again"):
        ended(process)
    assert bundle(first(tmp_path)) == bundle(first(tmp_path / "again"))


def test_what_one_host_is_told_ends_all_after_the_same_round(tmp_path: Path) -> None:
    processes = both(tmp_path)
    await_(lambda: round_of(first(tmp_path), "backtest-log") >= 25, processes[0])
    kill(processes[1], signal.SIGTERM)
    for process in processes:
        assert "Traceback" not in ended(process, EXIT_CODE)
    assert not any((tmp_path / name / "output" / "failure").exists() for name in NAMES)
    assert round_of(first(tmp_path), "backtest-log") > 25


def test_hosts_that_train_different_things_do_not_begin(tmp_path: Path) -> None:
    processes = both(tmp_path, trainings=("mine", "theirs"))
    assert "127.0.0.2 trains another table" in ended(processes[0], 1)
    assert "127.0.0.1 ended before the training began" in ended(processes[1], 1)


def test_hosts_are_read_from_the_file_or_the_environment(tmp_path: Path) -> None:
    assert Hosts.of(tmp_path, {}).rank == 0
    told = {"SM_HOSTS": '["algo-2", "algo-1"]', "SM_CURRENT_HOST": "algo-2"}
    assert Hosts.of(tmp_path, told) == Hosts(("algo-1", "algo-2"), "algo-2")
    host(tmp_path, "algo-1", ["algo-1", "algo-2", "algo-3"])
    assert Hosts.of(tmp_path, told).names == ("algo-1", "algo-2", "algo-3")
    host(tmp_path, "algo-9", ["algo-1"])
    with pytest.raises(ConfigError, match="'algo-9' is none of the job's hosts algo-1"):
        Hosts.of(tmp_path, {})
    with pytest.raises(ConfigError, match="SM_HOSTS"):
        Hosts.of(tmp_path / "none", {"SM_HOSTS": "algo-1", "SM_CURRENT_HOST": "algo-1"})
