"""Which hosts a training job has, as SageMaker says it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from core.contracts.errors import ConfigError


@dataclass(frozen=True)
class Hosts:
    """The hosts of one job.

    Attributes:
        names: of all, in the order of their ranks; by these they reach each other.
        current: the one this process is on.
    """

    names: tuple[str, ...] = ("localhost",)
    current: str = "localhost"

    def __post_init__(self) -> None:
        if self.current not in self.names:
            raise ConfigError(f"host {self.current!r} is none of the job's hosts {', '.join(self.names)}")

    @classmethod
    def of(cls, root: Path, environ: Mapping[str, str] = os.environ) -> Self:
        """Read ``input/config/resourceconfig.json`` beneath ``/opt/ml``, else SM_HOSTS and SM_CURRENT_HOST.

        Raises:
            ConfigError: what stands there names no hosts, or not this one.
        """
        file = root / "input" / "config" / "resourceconfig.json"
        place = str(file)
        try:
            if file.is_file():
                told = json.loads(file.read_text(encoding="utf-8"))
                return cls._of(told["hosts"], told["current_host"])
            if "SM_HOSTS" in environ:
                place = "SM_HOSTS and SM_CURRENT_HOST"
                return cls._of(json.loads(environ["SM_HOSTS"]), environ["SM_CURRENT_HOST"])
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{place}: hosts and the current host are not to be read there: {error!r}") from error
        return cls()

    @classmethod
    def _of(cls, names: Any, current: Any) -> Self:
        return cls(tuple(sorted(str(name) for name in names)), str(current))

    @property
    def rank(self) -> int:
        """Place of this host; the first, 0, leads and saves."""
        return self.names.index(self.current)

    @property
    def first(self) -> str:
        """Name of the host that leads."""
        return self.names[0]
