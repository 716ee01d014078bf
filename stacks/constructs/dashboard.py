"""The dashboard: from uploads to forecasts served, and what it costs, in the order of a row's way."""

from collections.abc import Iterator
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from core.contracts import names
from core.contracts.verdict import Kind
from lambdas.shared.measures import MACHINE_STEPS
from stacks.base import EnvironmentStack
from stacks.constructs import metrics
from stacks.constructs.service_dashboard import service_rows
from stacks.costs.prices import prices
from stacks.jobs_config import Job
from stacks.parts import FUNCTIONS, component

HALF: Final = 12
THIRD: Final = 8
QUARTER: Final = 6


def dashboard(stack: EnvironmentStack) -> cloudwatch.Dashboard:
    """Dashboard ``mlops-{env}-overview``."""
    board = cloudwatch.Dashboard(
        stack, "Dashboard", dashboard_name=stack.physical("overview"), default_interval=cdk.Duration.days(28)
    )
    env = stack.config.environment
    rows = [_uploads(env), _runs(stack), _accuracy(env), _functions(stack), _queues(stack), *service_rows(stack)]
    for row in rows:
        board.add_widgets(*row)
    return board


def _uploads(env: str) -> list[cloudwatch.IWidget]:
    kinds = [f"Uploads{kind.value.capitalize()}" for kind in Kind]
    return [
        _graph("Uploads by verdict", [_all(env, kind, "Sum") for kind in kinds], stacked=True),
        _graph("Rows refused", [_all(env, "RowsRefused", "Sum")]),
    ]


def _runs(stack: EnvironmentStack) -> list[cloudwatch.IWidget]:
    pipelines = [*stack.config.retrain_pipelines, names.forecast_pipeline(stack.config.environment)]
    ends = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionStopped")
    return [
        _graph(
            "Runs",
            [metrics.pipeline(name, end, period=metrics.DAY) for name in pipelines for end in ends],
            width=QUARTER,
        ),
        _graph(
            "Time a run takes",
            [metrics.pipeline(name, "ExecutionDuration", statistic="Average") for name in pipelines],
            width=QUARTER,
        ),
        _graph(
            "Seconds of machine time, by step of a run",
            [_all(stack.config.environment, f"{step}Seconds", "Sum") for step in MACHINE_STEPS],
            width=QUARTER,
            stacked=True,
        ),
        _graph("Cost of that in USD, were nothing spot", list(_machine_costs(stack)), width=QUARTER, stacked=True),
    ]


def _machine_costs(stack: EnvironmentStack) -> Iterator[cloudwatch.IMetric]:
    """A line for each step whose machine, as wished for first, has a price in our table."""
    config, table = stack.config, prices()
    for step in MACHINE_STEPS:
        job: Job = config.training if step == "Train" else config.processing
        usd, factor = table.sagemaker.get(job.instance_type), table.regions.get(config.region)
        if usd and factor:
            price = round(usd * factor * job.instance_count, 4)
            label = f"{step}, {job.instance_count} x {job.instance_type}"
            yield metrics.machine_cost(config.environment, step, usd_an_hour=price, label=label)


def _accuracy(env: str) -> list[cloudwatch.IWidget]:
    wapes = ("BacktestWape", "NaiveWape", "LiveWape", "LiveNaiveWape")
    return [
        _graph(
            "WAPE: backtest and live, ours and the naive forecast's",
            [_all(env, w, "Average") for w in wapes],
            width=QUARTER,
        ),
        _graph("Drift: live WAPE less the last backtest's", [metrics.drift(env)], width=QUARTER),
        _graph("Live bias", [_all(env, "LiveBias", "Average")], width=QUARTER),
        _graph("Live coverage of p10-p90 (0.8 is meant)", [_all(env, "LiveCoverage", "Average")], width=QUARTER),
    ]


def _functions(stack: EnvironmentStack) -> list[cloudwatch.IWidget]:
    functions = [stack.physical(component(name)) for name in FUNCTIONS]
    return [
        _graph(
            "Functions: errors and throttles",
            [metrics.function(name, what) for name in functions for what in ("Errors", "Throttles")],
        ),
        _graph(
            "Functions: p95 of their duration",
            [metrics.function(name, "Duration", statistic="p95") for name in functions],
        ),
    ]


def _queues(stack: EnvironmentStack) -> list[cloudwatch.IWidget]:
    queues = [stack.physical(component(name)) for name in FUNCTIONS]
    waiting = "ApproximateNumberOfMessagesVisible"
    return [
        _graph("Messages waiting", [metrics.queue(name, waiting) for name in queues], width=THIRD),
        _graph(
            "Age of the oldest message",
            [metrics.queue(q, "ApproximateAgeOfOldestMessage") for q in queues],
            width=THIRD,
        ),
        _graph("Messages given up", [metrics.queue(f"{name}-dlq", waiting) for name in queues], width=THIRD),
    ]


def _all(env: str, name: str, statistic: str) -> cloudwatch.IMetric:
    return metrics.of_every_dataset(env, name, statistic=statistic)


def _graph(
    title: str, left: list[cloudwatch.Metric] | list[cloudwatch.IMetric], *, width: int = HALF, stacked: bool = False
) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(left), width=width, stacked=stacked)
