"""What it costs: a monthly budget and unusual days, told to the people who hear the alarms."""

import json
from typing import Any, Final

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_ce as ce

from core.contracts.tags import PROJECT
from stacks.base import EnvironmentStack
from stacks.constructs.topics import AlarmTopic

SENDERS: Final = ("budgets.amazonaws.com", "costalerts.amazonaws.com")
SHARES: Final = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))


def spending(stack: EnvironmentStack, people: AlarmTopic) -> None:
    """Budget ``mlops-{env}-monthly`` and word of unusual costs, both of what carries this environment's tags.

    Where the file names a monitor, its unusual costs are told instead.
    """
    for sender in SENDERS:
        people.open_to_account(sender)
    _budget(stack, people)
    _anomalies(stack, people)


def _budget(stack: EnvironmentStack, people: AlarmTopic) -> None:
    budgets.CfnBudget(
        stack,
        "Budget",
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_name=stack.physical("monthly"),
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(amount=stack.config.spending.monthly_usd, unit="USD"),
            filter_expression=_ours_as_budget(stack),
            metrics=["UnblendedCost"],
        ),
        notifications_with_subscribers=[
            budgets.CfnBudget.NotificationWithSubscribersProperty(
                notification=budgets.CfnBudget.NotificationProperty(
                    notification_type=kind,
                    comparison_operator="GREATER_THAN",
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                ),
                subscribers=[budgets.CfnBudget.SubscriberProperty(subscription_type="SNS", address=people.topic_arn)],
            )
            for kind, percent in SHARES
        ],
        resource_tags=[
            budgets.CfnBudget.ResourceTagProperty(key=key, value=value) for key, value in stack.tag_values.items()
        ],
    ).node.add_dependency(people)


def _anomalies(stack: EnvironmentStack, people: AlarmTopic) -> None:
    least = stack.config.spending.anomaly_usd
    ce.CfnAnomalySubscription(
        stack,
        "CostAnomalies",
        subscription_name=stack.physical("costs"),
        frequency="IMMEDIATE",  # the only one that a topic takes
        monitor_arn_list=[stack.config.spending.anomaly_monitor or _monitor(stack)],
        subscribers=[ce.CfnAnomalySubscription.SubscriberProperty(type="SNS", address=people.topic_arn)],
        threshold_expression=json.dumps(
            {
                "Dimensions": {
                    "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                    "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
                    "Values": [str(least)],
                }
            }
        ),
        resource_tags=[
            ce.CfnAnomalySubscription.ResourceTagProperty(key=key, value=value)
            for key, value in stack.tag_values.items()
        ],
    ).node.add_dependency(people)


def _monitor(stack: EnvironmentStack) -> str:
    """ARN of a monitor of what carries this environment's tag.

    Of an organisation's accounts only the one that manages it may have such a monitor; a member is watched by service,
    by the one monitor that Cost Explorer makes by itself.
    """
    made = ce.CfnAnomalyMonitor(
        stack,
        "CostMonitor",
        monitor_name=stack.physical("costs"),
        monitor_type="CUSTOM",
        monitor_specification=json.dumps({"Tags": {"Key": "Environment", "Values": [stack.config.environment]}}),
        resource_tags=[
            ce.CfnAnomalyMonitor.ResourceTagProperty(key=key, value=value) for key, value in stack.tag_values.items()
        ],
    )
    return made.attr_monitor_arn


def _ours_as_budget(stack: EnvironmentStack) -> Any:
    def tagged(key: str, value: str) -> budgets.CfnBudget.ExpressionProperty:
        return budgets.CfnBudget.ExpressionProperty(
            tags=budgets.CfnBudget.TagValuesProperty(key=key, values=[value], match_options=["EQUALS"])
        )

    return budgets.CfnBudget.ExpressionProperty(
        and_=[tagged("Project", PROJECT), tagged("Environment", stack.config.environment)]
    )
