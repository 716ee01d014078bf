"""Names of deployed resources, one place for stacks, handlers and tools.

Pattern: ``mlops-{env}-{component}``; buckets add a suffix that makes them unique
in the world (the account id).
"""

from typing import Final, Literal

Environment = Literal["dev", "staging", "prod"]
Purpose = Literal["raw", "lake", "artifacts", "logs", "trail", "delivery"]

PREFIX: Final = "mlops"
METRIC_NAMESPACE: Final = "RetailForecast"
JOB_LOGS: Final = "/aws/sagemaker/"
"""How SageMaker begins the names of its jobs' log groups, the same for all jobs of an account in a region."""
JOB_LOG_GROUPS: Final = tuple(f"{JOB_LOGS}{kind}Jobs" for kind in ("Training", "Processing", "Transform"))
"""One for each kind of job the pipelines run."""
REQUESTS_LINE: Final = "requests"
"""Message of the log line in which each pod of the service says, every minute, its build, whether it is ready, and
what was asked of it."""
REQUEST_METRICS: Final = {
    "requests": "ApiRequests",
    "client_errors": "ApiClientErrors",
    "server_errors": "ApiServerErrors",
    "p50_ms": "ApiP50",
    "p95_ms": "ApiP95",
    "p99_ms": "ApiP99",
}
"""Fields of that line, and the metrics CloudWatch makes of them under the dimension Environment."""


def resource(env: str, component: str) -> str:
    """Name of any resource but a bucket: ``mlops-dev-uploads``."""
    return f"{PREFIX}-{env}-{component}"


def bucket(env: str, purpose: Purpose, suffix: str) -> str:
    """Name of a bucket: ``mlops-dev-raw-123456789012``."""
    return f"{PREFIX}-{env}-{purpose}-{suffix}"


def uploads_table(env: str) -> str:
    """DynamoDB table that remembers every upload and each dataset's flight."""
    return resource(env, "uploads")


def retrain_pipeline(env: str, rung: int = 1) -> str:
    """SageMaker pipeline that ingests, and trains when that is due; those after the first on other machines."""
    return resource(env, "retrain" if rung == 1 else f"retrain-{rung}")


def forecast_pipeline(env: str) -> str:
    """SageMaker pipeline that publishes forecasts of one champion."""
    return resource(env, "forecast")


def maintain_pipeline(env: str) -> str:
    """SageMaker pipeline that keeps the tables in good order."""
    return resource(env, "maintain")


def database(env: str) -> str:
    """Glue database of the lake's tables; SQL takes no hyphens: ``mlops_dev_lake``."""
    return resource(env, "lake").replace("-", "_")


def model_package_group(env: str) -> str:
    """SageMaker model package group that holds every registered model."""
    return resource(env, "demand")


def container_logs(env: str, kind: str) -> str:
    """Log group of CloudWatch's agents in the cluster: what pods write is kind ``application``."""
    return f"/aws/containerinsights/{resource(env, 'cluster')}/{kind}"


def control_plane_logs(env: str) -> str:
    """Log group that EKS writes to, which it makes itself where it is not there."""
    return f"/aws/eks/{resource(env, 'cluster')}/cluster"


def parameter(env: str, component: str, name: str) -> str:
    """SSM parameter by which one stack tells another: ``/mlops/dev/data/raw-bucket``."""
    return f"/{PREFIX}/{env}/{component}/{name}"
