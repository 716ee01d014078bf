"""Sections of ``environments/<env>.toml`` about what is watched: who did what, what it costs, what somebody is told."""

from pydantic import Field, field_validator

from k8s_charts.settings import Dataset
from stacks.platform_config import Retention, Section
from stacks.shapes import AnomalyMonitor, Email


class Audit(Section):
    """CloudTrail: who did what."""

    management_events: bool = Field(
        True,
        description="the whole account's; false in all environments of an account but one, for copies are paid for",
    )
    log_days: Retention = 90
    keep_days: int = Field(365, ge=90, description="how long the trail's files are kept")


class Spending(Section):
    """When somebody is told of costs; 'Project' and 'Environment' must be active cost allocation tags."""

    monthly_usd: int = Field(200, ge=1, description="budget of this environment")
    anomaly_usd: int = Field(20, ge=1, description="an unusual day is told from this much on")
    anomaly_monitor: AnomalyMonitor | None = Field(
        None,
        description="one that is there; without it one of the tag is made, as no member account of an organisation may",
    )


class Alarms(Section):
    """What somebody is woken for."""

    emails: tuple[Email, ...] = ()
    datasets: tuple[Dataset, ...] = Field(("default",), description="datasets whose live accuracy is watched")
    max_live_wape: float = Field(0.5, gt=0)
    max_live_bias: float = Field(0.2, gt=0, description="in either direction")
    min_live_coverage: float = Field(0.65, gt=0, lt=1, description="share of days inside p10-p90; 0.8 is meant")
    max_queue_minutes: int = Field(15, ge=1)
    max_api_p99_ms: int = Field(500, ge=1, description="slowest hundredth of the service's answers, over five minutes")
    max_api_errors: int = Field(5, ge=1, description="answers in five minutes that failed on our side")
    runbook: str = Field(description="address of the runbook; alarms link to its anchors")

    @field_validator("runbook")
    @classmethod
    def _is_link(cls, value: str) -> str:
        if not value.startswith("https://"):
            raise ValueError("give an https address")
        return value
