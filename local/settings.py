"""Where a laptop world lies and how its parts are reached."""

import os
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.contracts.errors import ConfigError

HOST: Final = "127.0.0.1"
REGION: Final = "ap-southeast-1"
ACCOUNT: Final = "000000000000"
ENVIRONMENT: Final = "dev"
SNAPSHOT_PATH: Final = "/_local/snapshot"  # of the emulator, see local/durable.py
REPOSITORY: Final = Path(__file__).resolve().parent.parent


_MOMENT: Final = 3.0


@dataclass(frozen=True)
class Ports:
    """Ports of the three servers, all on loopback."""

    aws: int = 4566
    sagemaker: int = 4567
    service: int = 8080

    def check_free(self) -> None:
        """Refuse a port that somebody listens on. The servers of a world just killed get a moment to go.

        Raises:
            ConfigError: naming the port and the cure.
        """
        deadline = time.monotonic() + _MOMENT
        for name, port in vars(self).items():
            while not _free(port):
                if time.monotonic() > deadline:
                    raise ConfigError(
                        f"port {port} is in use: stop what listens there (`python -m local down` if it is a world of "
                        f"this folder) or choose another with --{name}-port"
                    )
                time.sleep(0.05)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_ports() -> Ports:
    """Three ports nobody uses at the moment."""
    sockets = [socket.socket() for _ in range(3)]
    try:
        for each in sockets:
            each.bind((HOST, 0))
        return Ports(*(each.getsockname()[1] for each in sockets))
    finally:
        for each in sockets:
            each.close()


@dataclass(frozen=True)
class Layout:
    """Folders of one world, all beneath ``root`` (``.local/`` by default)."""

    root: Path
    state: Path = field(init=False)
    objects: Path = field(init=False)
    sagemaker: Path = field(init=False)
    logs: Path = field(init=False)
    scratch: Path = field(init=False)
    temporary: Path = field(init=False)

    def __post_init__(self) -> None:
        for name, part in {
            "state": "aws", "objects": "s3", "sagemaker": "sagemaker",
            "logs": "logs", "scratch": "scratch", "temporary": "tmp",
        }.items():  # fmt: skip
            object.__setattr__(self, name, self.root / part)

    @property
    def world(self) -> Path:
        """``world.json``: there when the world is up."""
        return self.root / "world.json"

    def make(self) -> None:
        """Create the folders."""
        for folder in (self.state, self.objects, self.sagemaker, self.logs, self.scratch, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)


def aws_environment(ports: Ports) -> dict[str, str]:
    """The process environment in which any AWS SDK talks to this world and to nothing else."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    gateway = f"http://{HOST}:{ports.aws}"
    return kept | {
        "AWS_ENDPOINT_URL": gateway,
        "AWS_ENDPOINT_URL_S3": gateway,
        "AWS_ENDPOINT_URL_SAGEMAKER": f"http://{HOST}:{ports.sagemaker}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_ALLOW_HTTP": "true",
        "NO_PROXY": f"{HOST},localhost",
        "no_proxy": f"{HOST},localhost",
    }
