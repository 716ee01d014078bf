"""The dated table of prices, typed."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from core.contracts.errors import ConfigError

TABLE: Final = Path(__file__).with_name("prices.toml")


class Load(BaseModel):
    """What an environment does in a month."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uploads: int
    upload_gb: float
    retrains: int
    retrain_minutes: float
    processing_minutes: float
    requests: int
    log_gb: float
    nat_gb: float
    lake_gb: float


class Prices(BaseModel):
    """US dollars; of one region, and of others by a factor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    noted: date
    region: str
    hours_per_month: int
    regions: dict[str, float]
    ec2: dict[str, float]
    sagemaker: dict[str, float]
    unit: dict[str, float]
    load: Load

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
