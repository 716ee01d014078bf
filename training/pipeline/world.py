"""What the pipelines are told about the place they run in."""

from dataclasses import dataclass, field

from training.pipeline.values import Json


@dataclass(frozen=True, kw_only=True)
class Instance:
    """Machines of one job, and how long it may take."""

    type: str
    count: int = 1
    volume_gb: int = 30
    max_runtime_seconds: int = 3600


@dataclass(frozen=True)
class Spot:
    """Managed spot training: interrupted and resumed from checkpoints, for at most so long in all."""

    max_wait_seconds: int


@dataclass(frozen=True)
class Network:
    """Subnets and security groups of every job."""

    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]

    @property
    def vpc_config(self) -> Json:
        """``VpcConfig`` as all jobs spell it."""
        return {"Subnets": list(self.subnets), "SecurityGroupIds": list(self.security_groups)}


@dataclass(frozen=True, kw_only=True)
class Roles:
    """ARN of the role of each kind of step; each reaches only what that step needs."""

    ingest: str
    train: str
    evaluate: str
    forecast: str
    model: str
    maintain: str


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything the definitions need. Strings may hold CDK tokens."""

    environment: str
    region: str
    raw_bucket: str
    lake_bucket: str
    artifacts_bucket: str
    kms_key: str
    """ARN of the key that encrypts volumes and outputs."""
    training_image: str
    inference_image: str
    model_package_group: str
    roles: Roles
    processing: Instance
    training: Instance
    transform: Instance
    spot: Spot | None = None
    network: Network | None = None
    tags: tuple[tuple[str, str], ...] = field(default=())

    @property
    def job_tags(self) -> list[Json]:
        """Tags of every job, for the bill says where money went by tag only."""
        return [{"Key": key, "Value": value} for key, value in self.tags]
