"""``environments/<env>.toml`` as a type: all that differs between environments, and nothing else.

A bad value dies here, before synth, in a sentence that names the file, the field, the value and the cure.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, Self, get_args

from pydantic import Field, ValidationError, model_validator

from core.contracts import entries, names
from core.contracts.errors import ConfigError
from core.contracts.names import Environment
from k8s_charts.settings import Build, Dataset, ServiceSettings
from stacks.jobs_config import Job, Network, Training
from stacks.platform_config import Cluster, Retention, Section, Vpc, architecture
from stacks.shapes import Account, Connection, Email, Region, Repository
from stacks.watch_config import Alarms, Audit, Spending

NOBODYS_RUNBOOK: Final = "your-organisation"
"""Part of the address that the files come with."""
ENVIRONMENTS: Final = Path(__file__).parent.parent / "environments"
DEFAULT_ENVIRONMENT: Final = "dev"


class Concurrency(Section):
    """How many copies of a function may run at once."""

    most: int = Field(2, ge=2, le=1000, description="copies the queue may start")
    reserved: int | None = Field(None, ge=2, le=1000, description="taken out of the account's pool; none when absent")

    @model_validator(mode="after")
    def _queue_within_reserve(self) -> Self:
        if self.reserved is not None and self.reserved < self.most:
            raise ValueError(
                f"reserved is {self.reserved}, below most = {self.most}: raise it, or messages are throttled"
            )
        return self


class Functions(Section):
    """The Lambda functions."""

    python: Literal["3.12", "3.13", "3.14"] = "3.14"
    architecture: Literal["arm64", "x86_64"] = "arm64"
    powertools_layer: int = Field(37, ge=27, description="version of AWS's public Powertools layer")
    log_level: Literal["DEBUG", "INFO", "WARNING"] = "INFO"
    log_retention_days: Retention = 14
    sweep_minutes: int = Field(60, ge=5, le=1440, description="how long a lost event may stay unnoticed")
    on_upload: Concurrency = Concurrency()
    promote: Concurrency = Concurrency()
    on_pipeline_change: Concurrency = Concurrency()


class Images(Section):
    """Which build of each image runs: a tag, or ``sha256:...`` as promoted from another environment."""

    training: Build
    inference_api: Build


class Data(Section):
    """Buckets and tables."""

    keep_on_delete: bool = Field(True, description="buckets, table and keys outlive their stack")
    old_versions_days: int = Field(90, ge=30, description="how long an overwritten or deleted object can be had back")
    access_log_days: int = Field(90, ge=1)


class Queries(Section):
    """What people ask the sales tables in SQL."""

    datasets: tuple[Dataset, ...] = Field(("default",), description="datasets whose table stands in the catalogue")
    max_scanned_gb: int = Field(100, ge=1, le=10_000, description="a query that reads more is ended")


class GitHub(Section):
    """A repository, by a connection that somebody has made and approved in the console."""

    connection_arn: Connection
    repository: Repository = Field(description="owner/name")
    branch: str = "main"


class Delivery(Section):
    """Images and the pipeline; an account has them once, in the environment that is first to get a change."""

    here: bool = Field(False, description="this environment's application holds them; one's of an account does")
    promotes_to: Environment = "prod"
    github: GitHub | None = Field(None, description="without it, source.zip in the delivery bucket starts the pipeline")
    approvers: tuple[Email, ...] = Field((), description="e-mail addresses that are told when approval is asked for")
    job_logs: bool = Field(True, description="makes the log groups of SageMaker's jobs; false where they are there")
    keep_images: int = Field(30, ge=5, le=1000, description="builds of each image that can be had back")
    log_days: Retention = 90


class Config(Section):
    """One environment."""

    environment: Environment
    region: Region = "ap-southeast-1"
    account: Account | None = Field(None, description="any account when absent")
    functions: Functions = Functions()
    images: Images
    processing: Job
    training: Training
    transform: Job
    network: Network | None = None
    vpc: Vpc = Vpc()
    cluster: Cluster = Cluster()
    service: ServiceSettings = ServiceSettings()
    data: Data = Data()
    queries: Queries = Queries()
    audit: Audit = Audit()
    spending: Spending = Spending()
    delivery: Delivery = Delivery()
    alarms: Alarms

    @property
    def retrain_pipelines(self) -> tuple[str, ...]:
        """Names of the retrain pipelines, one for each rung of the training's ladder."""
        rungs = range(1, len(self.training.ladder) + 1)
        return tuple(names.retrain_pipeline(self.environment, rung) for rung in rungs)

    @property
    def runbook_missing(self) -> str | None:
        """What is wrong with the address that alarms link to, a sentence; None where nothing is."""
        if NOBODYS_RUNBOOK not in self.alarms.runbook:
            return None
        return (
            f"alarms link to {self.alarms.runbook}, which is nobody's: set alarms.runbook in "
            f"environments/{self.environment}.toml to where your copy of docs/runbook.md is read"
        )

    @model_validator(mode="after")
    def _production_keeps_its_data(self) -> Self:
        if self.environment == "prod" and not self.data.keep_on_delete:
            raise ValueError("data.keep_on_delete is False: production keeps its data; remove the line")
        return self

    @model_validator(mode="after")
    def _promotes_to_another(self) -> Self:
        if self.delivery.here and self.delivery.promotes_to == self.environment:
            raise ValueError(f"delivery.promotes_to is {self.environment!r}, itself: name the one that comes after it")
        return self

    @model_validator(mode="after")
    def _one_machine_processes(self) -> Self:
        if self.processing.instance_count > 1:
            raise ValueError(
                f"processing.instance_count is {self.processing.instance_count}: each machine would ingest every file; "
                "only training and transform take several"
            )
        return self

    @model_validator(mode="after")
    def _one_image_for_nodes_and_jobs(self) -> Self:
        first, last = self.training.instance_type, self.transform.instance_type
        for other in self.training.other_instance_types:
            if architecture(other) != architecture(first):
                raise ValueError(f"training.other_instance_types names {other!r}, which does not run the first's image")
        for name, job in (("processing", self.processing), ("training", self.training)):
            if architecture(job.instance_type) != architecture(last):
                raise ValueError(
                    f"{name}.instance_type is {job.instance_type!r} ({architecture(job.instance_type)}), which does "
                    f"not run the image of transform.instance_type = {last!r}: take all of one architecture"
                )
        if architecture(last) != self.cluster.architecture:
            raise ValueError(
                f"cluster.instance_types is {list(self.cluster.instance_types)} ({self.cluster.architecture}), which "
                f"does not run the image of transform.instance_type = {last!r}: take both of one architecture"
            )
        return self


def chosen(context: object, environ: Mapping[str, str]) -> str:
    """Environment to build: ``-c env=...``, else the variable ENVIRONMENT, else dev."""
    return str(context) if context else environ.get("ENVIRONMENT") or DEFAULT_ENVIRONMENT


def with_images(config: Config, said: Mapping[str, object]) -> Config:
    """The configuration with the builds that ``-c training=...`` and ``-c inference_api=...`` name.

    Raises:
        ConfigError: one is no build.
    """
    wanted = config.images.model_dump() | {name: value for name, value in said.items() if value}
    try:
        return config.model_copy(update={"images": Images.model_validate(wanted)})
    except ValidationError as error:
        raise ConfigError("\n".join(f"-c {each}" for each in entries.told(error, Images))) from error


def load(name: str, folder: Path = ENVIRONMENTS) -> Config:
    """Read one environment's configuration.

    Raises:
        ConfigError: naming the file, the field, its value and the cure.
    """
    known = get_args(Environment)
    if name not in known:
        raise ConfigError(f"environment is {name!r}: choose {', '.join(known)}")
    file = folder / f"{name}.toml"
    place = f"{file.parent.name}/{file.name}"
    try:
        values = tomllib.loads(file.read_text("utf-8"))
        if "environment" in values:
            raise ConfigError(
                f"{place}: environment = {values['environment']!r}: the file's name says it; remove the line"
            )
        return Config.model_validate({"environment": name, **values})
    except FileNotFoundError as error:
        raise ConfigError(f"{place} does not exist: write it after environments/dev.toml") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{place}: not valid TOML: {error}") from error
    except ValidationError as error:
        raise ConfigError("\n".join(f"{place}: {each}" for each in entries.told(error, Config))) from error
