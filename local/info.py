"""``world.json``: how to reach a world that is up."""

import fcntl
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from core.contracts import names
from core.contracts.errors import ConfigError
from local.settings import ACCOUNT, ENVIRONMENT, HOST, REGION, Layout, Ports


def locked(root: Path) -> bool:
    """True while a living world holds the folder; the kernel frees the lock of a killed one."""
    path = Layout(root).root / "lock"
    if not path.exists():
        return False
    with path.open("r+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Endpoints(_Frozen):
    """Addresses of the three servers."""

    aws: str
    sagemaker: str
    service: str


class Buckets(_Frozen):
    """Names of the three buckets."""

    raw: str
    lake: str
    artifacts: str


class WorldInfo(_Frozen):
    """What commands and other programs need to know of a world."""

    pid: int
    endpoints: Endpoints
    buckets: Buckets
    uploads_table: str
    region: str = REGION
    env: str = ENVIRONMENT

    @classmethod
    def of(cls, pid: int, ports: Ports) -> Self:
        """The world of these ports."""
        return cls(
            pid=pid,
            endpoints=Endpoints(**{name: f"http://{HOST}:{port}" for name, port in vars(ports).items()}),
            buckets=Buckets(
                raw=names.bucket(ENVIRONMENT, "raw", ACCOUNT),
                lake=names.bucket(ENVIRONMENT, "lake", ACCOUNT),
                artifacts=names.bucket(ENVIRONMENT, "artifacts", ACCOUNT),
            ),
            uploads_table=names.uploads_table(ENVIRONMENT),
        )

    @classmethod
    def read(cls, root: Path) -> Self:
        """The world that is up in a folder.

        Raises:
            ConfigError: none is.
        """
        path = Layout(root).world
        try:
            info = cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (OSError, ValidationError) as error:
            raise ConfigError(f"no world is up in {root}: start one with `python -m local up`") from error
        if not locked(root):
            raise ConfigError(f"the world in {root} has ended: start it again with `python -m local up`")
        return info

    def write(self, root: Path) -> None:
        """Say that the world is up; the file is whole or absent."""
        path = Layout(root).world
        part = path.with_suffix(".part")
        part.write_text(self.model_dump_json(indent=2), encoding="utf-8")
        part.replace(path)
