"""Which trails write down what is done in the whole account: one has to, and each further one is paid for."""

from collections.abc import Iterator, Mapping
from typing import Any

from core.contracts import names
from stacks.account import Client
from stacks.config import Config


def other_trails(client: Client, config: Config) -> Iterator[str]:
    """Names of the region's trails, beside this environment's own, that hold management events."""
    cloudtrail = client("cloudtrail")
    for trail in cloudtrail.describe_trails(includeShadowTrails=False)["trailList"]:
        if trail["Name"] != names.resource(config.environment, "trail"):
            found = cloudtrail.get_event_selectors(TrailName=trail["TrailARN"])
            if _holds_management_events(found):
                yield trail["Name"]


def _holds_management_events(found: Mapping[str, Any]) -> bool:
    """Selectors are of one kind or the other; where there is none, CloudTrail writes all of them down."""
    advanced, basic = found.get("AdvancedEventSelectors", ()), found.get("EventSelectors", ())
    if advanced:
        categories = {"Field": "eventCategory", "Equals": ["Management"]}
        return any(categories.items() <= field.items() for each in advanced for field in each["FieldSelectors"])
    return not basic or any(each.get("IncludeManagementEvents", True) for each in basic)
