"""Starting and ending a world: the parts that need no emulator."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.contracts.errors import ConfigError
from local import tether
from local.__main__ import app
from local.cloud import Cloud
from local.info import WorldInfo, locked
from local.process import Child, StartError, wait_until
from local.settings import HOST, Layout, Ports, aws_environment, free_ports
from local.world import World


def test_a_busy_port_is_a_sentence_with_port_and_cure() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"port {port} is in use.*--service-port"):
            replace(free_ports(), service=port).check_free()


def test_a_second_world_of_a_folder_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ConfigError, match=r"is up in .* already"):
            World(tmp_path, free_ports()).up()
        assert locked(tmp_path)
    assert not locked(tmp_path)


def test_objects_without_the_state_of_their_buckets_are_refused(tmp_path: Path) -> None:
    objects = tmp_path / "s3" / "000000000000" / "mlops-dev-raw-000000000000"
    objects.mkdir(parents=True)
    (objects / "a.csv").touch()
    with pytest.raises(ConfigError, match="start from nothing"):
        World(tmp_path, free_ports()).up()
    assert not locked(tmp_path)


def test_what_a_killed_world_left_behind_does_not_count_as_up(tmp_path: Path) -> None:
    WorldInfo.of(os.getpid(), Ports()).write(tmp_path)
    (tmp_path / "lock").touch()
    with pytest.raises(ConfigError, match="has ended: start it again"):
        WorldInfo.read(tmp_path)


def test_commands_without_a_world_say_how_to_start_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["status", "--folder", str(tmp_path)])
    assert isinstance(result.exception, ConfigError)
    assert "python -m local up" in str(result.exception)
    assert "no world is up" in CliRunner().invoke(app, ["down", "--folder", str(tmp_path)]).output


def test_the_users_own_aws_settings_play_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "https://elsewhere")
    monkeypatch.setenv("HTTP_PROXY", "http://elsewhere:1")
    env = aws_environment(Ports())
    assert Cloud(WorldInfo.of(0, Ports())).sqs.meta.endpoint_url == "http://127.0.0.1:4566"
    assert "AWS_PROFILE" not in env
    assert "AWS_ENDPOINT_URL_SQS" not in env
    assert env["AWS_CONFIG_FILE"] == os.devnull


def test_a_part_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    child = Child(
        "it", [sys.executable, "-c", "import sys; sys.exit('no luck')"], env=dict(os.environ), log=tmp_path / "log"
    )
    child.launch()
    with pytest.raises(StartError, match="no luck"):
        child.await_answer("http://127.0.0.1:9", seconds=20)


def test_a_tied_process_dies_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "from local import tether\n"
        "lasting = [sys.executable, '-c', 'print(1, flush=True); import time; time.sleep(600)']\n"
        "child = subprocess.Popen(tether.command(lasting), stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    root = Path(tether.__file__).parent.parent
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=root) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: not alive(pid), seconds=10, what="the end of the child")


def alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_the_layout_is_all_beneath_the_root(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert all(Path(each).is_relative_to(tmp_path) for each in vars(layout).values())
