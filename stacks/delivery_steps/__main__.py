"""``python -m stacks.delivery_steps``: the steps of the pipeline that are more than a command; make calls them."""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from core.contracts import keys, names
from core.contracts.errors import ConfigError, RetailForecastError, RetryableError
from core.contracts.verdict import Verdict
from stacks.config import load
from stacks.delivery_steps import cloud
from stacks.delivery_steps.check_sales import DATASET, sales
from stacks.delivery_steps.digests import Builds, keep, promote, published, roll_back

VERDICT_SECONDS: Final = 3600


def publish(asked: argparse.Namespace, account: boto3.Session) -> None:
    """Push both images and remember their digests as what is wanted.

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
    Builds(*found).write(_parameters(account), asked.env, "wanted")
    _say(f"wanted in {asked.env}: training {found[0]}, inference-api {found[1]}")


def context(asked: argparse.Namespace, account: boto3.Session) -> None:
    """Print the builds to deploy as arguments of ``cdk``; promote them first where they come from elsewhere."""
    parameters = _parameters(account)
    here = asked.source in ("", asked.env)
    builds = published(parameters, asked.env) if here else promote(parameters, asked.source, asked.env)
    sys.stdout.write(" ".join(builds.context) + "\n")


def smoke(asked: argparse.Namespace, account: boto3.Session) -> None:
    """See that the pipelines name what is wanted and the service is healthy; then it is what works.

    Raises:
        RetryableError: it is not, after a quarter of an hour.
    """
    parameters = _parameters(account)
    wanted = published(parameters, asked.env)
    pipeline = account.client("sagemaker").describe_pipeline(PipelineName=names.retrain_pipeline(asked.env))
    if wanted.training not in pipeline["PipelineDefinition"]:
        raise RetryableError(f"pipeline {pipeline['PipelineName']} does not run {wanted.training}: deploy first")
    _healthy(account.client("elbv2"), names.resource(asked.env, "cluster"))
    keep(parameters, asked.env)
    _say(f"{asked.env} works")


def _healthy(balancer: Any, cluster: str) -> None:
    end = time.monotonic() + cloud.HEALTH_SECONDS
    while (states := cloud.target_states(balancer, cluster)) is not None:
        sentence = cloud.unhealthy(states)
        if sentence is None:
            return
        if time.monotonic() > end:
            raise RetryableError(f"{cluster}: {sentence}, still after {cloud.HEALTH_SECONDS} s")
        time.sleep(cloud.LOOK_SECONDS)
    _say(f"{cluster} has no load balancer: the service was not looked at")


def rollback(asked: argparse.Namespace, account: boto3.Session) -> None:
    """Want again what last worked; the next deployment brings it back."""
    builds = roll_back(_parameters(account), asked.env)
    _say(f"back in {asked.env}: training {builds.training}, inference-api {builds.inference_api}")


def train(asked: argparse.Namespace, account: boto3.Session) -> None:
    """Drop a small shop's sales and wait for their verdict: the new image has read them on SageMaker.

    Raises:
        RetryableError: no verdict came, or it is no acceptance.
    """
    s3 = account.client("s3")
    bucket = names.bucket(asked.env, "raw", account.client("sts").get_caller_identity()["Account"])
    key = f"{DATASET}/{asked.tag}.csv"
    version = s3.put_object(Bucket=bucket, Key=key, Body=sales(asked.tag))["VersionId"]
    end = time.monotonic() + VERDICT_SECONDS
    while time.monotonic() < end:
        try:
            found = s3.get_object(Bucket=bucket, Key=keys.verdict(key, version))["Body"].read()
        except s3.exceptions.NoSuchKey:
            time.sleep(cloud.LOOK_SECONDS)
            continue
        verdict = Verdict.model_validate_json(found)
        if verdict.kind not in ("accepted", "repaired", "ignored"):
            raise RetryableError(f"s3://{bucket}/{key}: {verdict.sentence}")
        _say(f"s3://{bucket}/{key}: {verdict.sentence}")
        return
    raise RetryableError(f"s3://{bucket}/{key} has no verdict after {VERDICT_SECONDS} s: see the retrain pipeline")


STEPS: Final[dict[str, Callable[[argparse.Namespace, boto3.Session], None]]] = {
    each.__name__: each for each in (publish, context, smoke, rollback, train)
}


def main(arguments: list[str] | None = None) -> int:
    """Run one step; the exit code says whether it was as asked."""
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
        return 1
    return 0


def _parameters(account: boto3.Session) -> cloud.StoredParameters:
    return cloud.StoredParameters(account.client("ssm"))


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
