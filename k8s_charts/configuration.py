"""What the chart needs of ``environments/<env>.toml``; the stacks read the same file, and more of it."""

import tomllib
from pathlib import Path
from typing import Final, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.contracts import entries, names
from core.contracts.errors import ConfigError
from k8s_charts.place import Place, image, role_name
from k8s_charts.settings import Build, ServiceSettings

ENVIRONMENTS: Final = Path(__file__).parent.parent / "environments"


class _Images(BaseModel):
    inference_api: Build


class _Network(BaseModel):
    cidr: str = "10.0.0.0/16"


class Configuration(BaseModel):
    """One environment, as far as the chart is concerned."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    environment: str
    region: str = "ap-southeast-1"
    account: str | None = None
    images: _Images
    vpc: _Network = Field(default_factory=_Network)
    service: ServiceSettings = ServiceSettings()

    def place(self, account: str) -> Place:
        """Where the service runs in an account."""
        return Place(
            environment=self.environment,
            region=self.region,
            account=account,
            image=image(f"{account}.dkr.ecr.{self.region}.amazonaws.com", self.images.inference_api),
            build=self.images.inference_api,
            role_arn=f"arn:aws:iam::{account}:role/{role_name(self.environment)}",
            lake_bucket=names.bucket(self.environment, "lake", account),
            logs_bucket=names.bucket(self.environment, "logs", account),
            artifacts_bucket=names.bucket(self.environment, "artifacts", account),
            vpc_cidr=self.vpc.cidr,
        )


def load(name: str, folder: Path = ENVIRONMENTS) -> Configuration:
    """Read one environment.

    Raises:
        ConfigError: naming the file, the field and the cure.
    """
    known = get_args(names.Environment)
    if name not in known:
        raise ConfigError(f"environment is {name!r}: choose {', '.join(known)}")
    file = folder / f"{name}.toml"
    try:
        return Configuration.model_validate({**tomllib.loads(file.read_text("utf-8")), "environment": name})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file.parent.name}/{file.name}: {error}") from error
    except ValidationError as error:
        faults = entries.told(error, Configuration)
        raise ConfigError("\n".join(f"{file.parent.name}/{file.name}: {fault}" for fault in faults)) from error
