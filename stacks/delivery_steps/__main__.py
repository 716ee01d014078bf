"""``python -m stacks.delivery_steps``: the steps of the pipeline that are more than a command; make calls them."""

import argparse
import sys
from collections.abc import Callable
from typing import Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from core.contracts import names
from core.contracts.errors import ConfigError, RetailForecastError, RetryableError
from stacks.config import load
from stacks.delivery_steps import cloud
from stacks.delivery_steps.digests import Builds, in_use, keep, promote, published, roll_back
from stacks.delivery_steps.health import ClosedError, looked_after
from stacks.delivery_steps.learning import World, follow

CLOSED: Final = 3
"""Exit code of a look that nodes which are off by the clock made impossible: no reason to go back."""


def publish(asked: argparse.Namespace, account: boto3.Session) -> None:
    """Push both images, hold those that the next environment runs, and remember the new digests as what is wanted.

    Raises:
        ConfigError: the tag does not tell one build from another, or a scan found something critical.
    """
    if asked.tag in ("", "0") or asked.tag.endswith("-dirty"):
        raise ConfigError(f"tag {asked.tag!r} names no one build: commit first, or say VERSION=...")
    registry = account.client("ecr")
    found = [
        cloud.publish(registry, service, f"mlops/{service}:{asked.tag}", asked.tag, asked.builder)
        for service in ("training", "inference-api")
    ]
    parameters = _parameters(account)
    for builds in in_use(parameters, load(asked.env).delivery.promotes_to):
        for service, digest in (("training", builds.training), ("inference-api", builds.inference_api)):
            if not cloud.hold(registry, service, digest):
                _say(f"mlops/{service}@{digest} is in use and no more in the registry: deploy a newer build")
    Builds(*found).write(parameters, asked.env, "wanted")
    _say(f"wanted in {asked.env}: training {found[0]}, inference-api {found[1]}")


def context(asked: argparse.Namespace, account: boto3.Session) -> None:
    """Print the builds to deploy as arguments of ``cdk``; promote them first where they come from elsewhere."""
    parameters = _parameters(account)
    here = asked.source in ("", asked.env)
    builds = published(parameters, asked.env) if here else promote(parameters, asked.source, asked.env)
    sys.stdout.write(" ".join(builds.context) + "\n")


def smoke(asked: argparse.Namespace, account: boto3.Session) -> None:
    """See that the pipelines name what is wanted and the service works; then it is what works.

    Raises:
        ClosedError: nodes are off at this hour.
        RetryableError: it does not work, after a quarter of an hour.
    """
    parameters = _parameters(account)
    wanted = published(parameters, asked.env)
    pipeline = account.client("sagemaker").describe_pipeline(PipelineName=names.retrain_pipeline(asked.env))
    if wanted.training not in pipeline["PipelineDefinition"]:
        raise RetryableError(f"pipeline {pipeline['PipelineName']} does not run {wanted.training}: deploy first")
    _say(looked_after(account, load(asked.env), wanted.inference_api))
    keep(parameters, asked.env)
    _say(f"{asked.env} works")


def rollback(asked: argparse.Namespace, account: boto3.Session) -> None:
    """Want again what last worked; the next deployment brings it back."""
    builds = roll_back(_parameters(account), asked.env)
    _say(f"back in {asked.env}: training {builds.training}, inference-api {builds.inference_api}")


def train(asked: argparse.Namespace, account: boto3.Session) -> None:
    """Drop a small shop's sales and wait until they have become forecasts, or the gate has said why not.

    Raises:
        ClosedError: they have, and nodes are off at this hour.
        RetryableError: they have not, or the service does not serve them.
    """
    _say(follow(World.of(asked.env, account), asked.tag))
    wanted = published(_parameters(account), asked.env)
    _say(looked_after(account, load(asked.env), wanted.inference_api))


STEPS: Final[dict[str, Callable[[argparse.Namespace, boto3.Session], None]]] = {
    each.__name__: each for each in (publish, context, smoke, rollback, train)
}


def main(arguments: list[str] | None = None) -> int:
    """Run one step: 0 when it was as asked, 3 when that cannot be told at this hour, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m stacks.delivery_steps", description=__doc__)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("--env", default="dev", help="environment to work on")
    parser.add_argument("--from", dest="source", default="", help="environment whose working builds are promoted")
    parser.add_argument("--tag", default="", help="tag of the images that were built")
    parser.add_argument("--builder", default="docker", help="docker or buildah")
    asked = parser.parse_args(arguments)
    try:
        STEPS[asked.step](asked, boto3.Session(region_name=load(asked.env).region))
    except (RetailForecastError, ClientError, BotoCoreError) as error:
        sys.stderr.write(f"{asked.step}: {error}\n")
        return CLOSED if isinstance(error, ClosedError) else 1
    return 0


def _parameters(account: boto3.Session) -> cloud.StoredParameters:
    return cloud.StoredParameters(account.client("ssm"))


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
