"""The stages after the source, the same for CodePipeline, Jenkins and a person: each is a few make targets."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage; without goals somebody is asked."""

    name: str
    goals: tuple[str, ...] = ()
    project: str = ""
    promoted: bool = False
    """Whether it works on the environment that is promoted to."""


STAGES: Final = (
    Stage(name="test", goals=("check", "test"), project="verify"),
    Stage(name="synth", goals=("synth", "policy"), project="verify"),
    Stage(name="image", goals=("image", "publish"), project="images"),
    Stage(name="deploy", goals=("deploy",), project="deploy"),
    Stage(name="smoke", goals=("smoke-or-rollback",), project="deploy"),
    Stage(name="train", goals=("train",), project="train"),
    Stage(name="approve"),
    Stage(name="release", goals=("deploy", "smoke-or-rollback"), project="release", promoted=True),
)
