"""Which builds an environment runs: two parameters an image, what is wanted and what was last seen to work."""

import re
from dataclasses import dataclass
from typing import Final, Protocol, Self

from core.contracts import names
from core.contracts.errors import ConfigError

IMAGES: Final = ("training", "inference_api")
HELD: Final = "held-"
"""How tags begin of builds that were promoted, which stay when newer ones have come that were not."""
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


class Parameters(Protocol):
    """Named values that outlive a run of the pipeline; SSM in an account."""

    def get(self, name: str) -> str | None:
        """A value, None where nobody has set one."""
        ...

    def put(self, name: str, value: str) -> None:
        """Set or replace a value."""
        ...


@dataclass(frozen=True)
class Builds:
    """One build of each image."""

    training: str
    inference_api: str

    def __post_init__(self) -> None:
        """Refuse what is no digest.

        Raises:
            ConfigError: naming the image and the value.
        """
        for image in IMAGES:
            if not _DIGEST.fullmatch(getattr(self, image)):
                raise ConfigError(f"build of {image} is {getattr(self, image)!r}: builds are promoted by digest alone")

    @property
    def context(self) -> list[str]:
        """As arguments of ``cdk``."""
        return ["-c", f"training={self.training}", "-c", f"inference_api={self.inference_api}"]

    def write(self, parameters: Parameters, environment: str, state: str) -> None:
        """Both in one value, so that nobody ever reads a pair that was never tested together."""
        parameters.put(_name(environment, state), f"{self.training} {self.inference_api}")

    @classmethod
    def read(cls, parameters: Parameters, environment: str, state: str) -> Self | None:
        """What was written, None before the first time.

        Raises:
            ConfigError: the parameter holds something else.
        """
        name = _name(environment, state)
        value = parameters.get(name)
        if value is None:
            return None
        parts = value.split()
        if len(parts) != len(IMAGES):
            raise ConfigError(f"parameter {name} is {value!r}: two digests are meant, of training and inference-api")
        return cls(*parts)


def published(parameters: Parameters, environment: str) -> Builds:
    """What was built last, or what was promoted to this environment.

    Raises:
        ConfigError: nothing was.
    """
    found = Builds.read(parameters, environment, "wanted")
    if found is None:
        raise ConfigError(f"no build is known in {environment}: run 'make image publish' first")
    return found


def promote(parameters: Parameters, source: str, target: str) -> Builds:
    """Hand to another environment what works in the first.

    Raises:
        ConfigError: nothing was seen to work there.
    """
    found = Builds.read(parameters, source, "good")
    if found is None:
        raise ConfigError(f"no build was seen to work in {source}: 'make smoke ENV={source}' says which does")
    found.write(parameters, target, "wanted")
    return found


def keep(parameters: Parameters, environment: str) -> Builds:
    """Remember that what is wanted works: the next failure comes back to it."""
    found = published(parameters, environment)
    found.write(parameters, environment, "good")
    return found


def roll_back(parameters: Parameters, environment: str) -> Builds:
    """Want again what last worked; once more changes nothing.

    Raises:
        ConfigError: nothing ever did.
    """
    found = Builds.read(parameters, environment, "good")
    if found is None:
        raise ConfigError(f"no build was seen to work in {environment} before: there is nothing to go back to")
    found.write(parameters, environment, "wanted")
    return found


def in_use(parameters: Parameters, environment: str) -> list[Builds]:
    """What an environment runs or would come back to."""
    found = [Builds.read(parameters, environment, state) for state in ("wanted", "good")]
    return [builds for builds in dict.fromkeys(found) if builds is not None]


def _name(environment: str, state: str) -> str:
    return names.parameter(environment, "delivery", state)
