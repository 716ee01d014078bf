"""The dated table of prices, typed."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, HttpUrl, model_validator

from core.contracts.errors import ConfigError

TABLE: Final = Path(__file__).with_name("prices.toml")
FRESH_DAYS: Final = 365
"""After so many days somebody should look whether the prices are still those."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Price(_Frozen):
    """One price, of the table's region and date."""

    usd: float
    per: str
    page: str
    """Where it is published: a name among the table's pages."""


class Assumed(_Frozen):
    """What is taken for granted of every environment."""

    hours_per_month: int
    spot_share: float
    cluster_metrics: int
    node_metrics: int
    gb_seconds_of_a_run: float
    messages_of_a_run: int
    own_metrics: int


class Load(_Frozen):
    """What an environment does in a month."""

    uploads: int
    upload_gb: float
    retrains: int
    retrain_minutes: float
    processing_minutes: float
    requests: int
    management_copies: int
    log_gb: float
    nat_gb: float
    endpoint_gb: float
    lake_gb: float
    builds: int
    build_minutes: float
    pipeline_minutes: float
    image_gb: float


class Prices(_Frozen):
    """US dollars; of one region, and of others by a factor."""

    noted: date
    region: str
    regions: dict[str, float]
    pages: dict[str, HttpUrl]
    ec2: dict[str, float]
    sagemaker: dict[str, float]
    unit: dict[str, Price]
    assumed: Assumed
    load: Load

    @model_validator(mode="after")
    def _every_price_has_its_page(self) -> Self:
        used = {"ec2", "sagemaker", *(price.page for price in self.unit.values())}
        if used != set(self.pages):
            raise ValueError(f"pages and prices do not name the same: {sorted(used ^ set(self.pages))}")
        return self

    def aged(self, today: date) -> str:
        """A warning where the prices are older than a year; empty where they are not."""
        days = (today - self.noted).days
        if days <= FRESH_DAYS:
            return ""
        return (
            f"The prices were noted {self.noted}, {days} days ago: compare them with the pages that "
            f"stacks/costs/{TABLE.name} names, and correct prices and date there."
        )

    def machine(self, instance_type: str) -> float:
        """An hour of an EC2 or SageMaker instance type.

        Raises:
            ConfigError: the table does not have it.
        """
        table, section = (self.sagemaker, "sagemaker") if instance_type.startswith("ml.") else (self.ec2, "ec2")
        if instance_type not in table:
            raise ConfigError(
                f"no price for {instance_type}: add it to section [{section}] of stacks/costs/{TABLE.name}"
            )
        return table[instance_type]

    def factor(self, region: str) -> float:
        """A region's prices as a share of this table's.

        Raises:
            ConfigError: the table does not have it.
        """
        if region not in self.regions:
            raise ConfigError(f"no prices for {region}: add it to section [regions] of stacks/costs/{TABLE.name}")
        return self.regions[region]


def prices(table: Path = TABLE) -> Prices:
    """Read the table."""
    return Prices.model_validate(tomllib.loads(table.read_text()))
