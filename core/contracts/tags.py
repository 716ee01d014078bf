"""Tags of everything that takes tags: resources of the stacks, and what controllers make in their name."""

from typing import Final, Literal

Component = Literal["infra", "ml", "app"]
PROJECT: Final = "MLOpsRetailForecast"


def tags(environment: str, component: Component) -> dict[str, str]:
    """Name -> value."""
    return {
        "Project": PROJECT,
        "Environment": environment,
        "Component": component,
        "Owner": "DataTeam",
        "CostCenter": "ML-Platform",
    }
