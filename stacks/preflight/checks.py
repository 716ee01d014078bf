"""Checks of an account, each with what is missing and how to get it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from core.contracts import names
from core.contracts.errors import ConfigError
from stacks.account import Client, identity, stack_status
from stacks.adopt.kept import NOTHING_IN_IT, orphans
from stacks.config import Config
from stacks.preflight import cost_explorer
from stacks.preflight.addons import addon_versions
from stacks.preflight.finding import Finding
from stacks.preflight.organisations import other_manager
from stacks.preflight.people import people
from stacks.preflight.quotas import Need, held, needs, taken
from stacks.preflight.trails import other_trails

BOOTSTRAP: Final = "/cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_LEAST: Final = 21
"""Version of the bootstrap stack that the pinned CDK is used with."""
NO_CONTROL_PLANE: Final = {"use1-az3", "usw1-az2", "cac1-az3"}
"""Zones, by the ids that are the same in every account, whose subnets EKS refuses for a cluster."""


def findings(client: Client, config: Config) -> Iterator[Finding]:
    """Run every check; without credentials there is only the first."""
    try:
        who = identity(client, config)
    except ConfigError as error:
        yield Finding(check="credentials", outcome="missing", says=str(error))
        return
    yield Finding(check="credentials", outcome="ok", says=f"{who['Arn']} in account {who['Account']}")
    yield from people(config)
    yield _asked("region", partial(_region, client, config))
    yield _asked("bootstrap", partial(_bootstrap, client, config))
    yield _asked("kept data", partial(_kept, client, config, who["Account"]))
    yield _asked("cluster's log", partial(_cluster_log, client, config))
    yield _asked("add-ons", partial(_addons, client, config))
    yield _asked("account's events", partial(_trail, client, config))
    yield _asked("unusual costs", partial(_unusual_costs, client, config, who["Account"]))
    for image in ("training", "inference-api"):
        yield _asked(f"image mlops/{image}", partial(_image, client, config, image))
    if config.delivery.here and config.delivery.job_logs:
        yield _asked("job logs", partial(_job_logs, client, config))
    if config.environment == "prod" or config.service.ingress.certificate_arn:
        yield _asked("certificate", partial(_certificate, client, config))
    yield from _quotas(client, config)


def _region(client: Client, config: Config) -> Finding:
    zones = client("ec2").describe_availability_zones()["AvailabilityZones"]
    usable = [
        each
        for each in zones
        if each["State"] == "available" and each.get("ZoneType", "availability-zone") == "availability-zone"
    ]
    if len(usable) < config.vpc.zones:
        says = (
            f"{config.region} has {len(usable)} zones, vpc.zones is {config.vpc.zones}: lower it, or enable the region"
        )
        return Finding(check="region", outcome="missing", says=says)
    first = sorted(usable, key=lambda each: each.get("ZoneName", ""))[: config.vpc.zones]
    if without := [each["ZoneName"] for each in first if each.get("ZoneId") in NO_CONTROL_PLANE]:
        says = (
            f"EKS makes no control plane in {without[0]}, which is among the first {config.vpc.zones} zones that this "
            f"account has in {config.region}: lower vpc.zones, or take another region"
        )
        return Finding(check="region", outcome="missing", says=says)
    return Finding(check="region", outcome="ok", says=f"{config.region}, {len(usable)} zones")


def _bootstrap(client: Client, config: Config) -> Finding:
    cure = f"run cdk bootstrap -c env={config.environment}"
    try:
        version = int(client("ssm").get_parameter(Name=BOOTSTRAP)["Parameter"]["Value"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return Finding(check="bootstrap", outcome="missing", says=f"the CDK has no place here yet: {cure}")
    if version < BOOTSTRAP_LEAST:
        says = f"the bootstrap stack has version {version}, {BOOTSTRAP_LEAST} is needed: {cure}"
        return Finding(check="bootstrap", outcome="missing", says=says)
    return Finding(check="bootstrap", outcome="ok", says=f"version {version}")


def _kept(client: Client, config: Config, owner: str) -> Finding:
    found = orphans(client, config, owner)
    if not found:
        return Finding(check="kept data", outcome="ok", says="nothing is there without its stack")
    listed = "; ".join(
        f"{', '.join(each.name for each in things)} without {names.resource(config.environment, stack)}"
        for stack, things in found.items()
    )
    says = f"{listed}: a deployment cannot make them twice. Run python -m stacks.adopt --env {config.environment}"
    return Finding(check="kept data", outcome="missing", says=says)


def _cluster_log(client: Client, config: Config) -> Finding:
    check, name = "cluster's log", names.control_plane_logs(config.environment)
    cluster = names.resource(config.environment, "cluster")
    if stack_status(client, cluster) in NOTHING_IN_IT and _log_groups(client, name):
        says = (
            f"{name} is there without {cluster}: EKS has written after the cluster had gone. Run aws logs "
            f"delete-log-group --log-group-name {name}"
        )
        return Finding(check=check, outcome="missing", says=says)
    return Finding(check=check, outcome="ok", says="no log group of an earlier cluster is in the way")


def _addons(client: Client, config: Config) -> Finding:
    found = list(addon_versions(client, config))
    if faults := [each.fault for each in found if each.fault]:
        return Finding(check="add-ons", outcome="missing", says="; ".join(faults))
    return Finding(check="add-ons", outcome="ok", says="; ".join(map(str, found)))


def _trail(client: Client, config: Config) -> Finding:
    check, file = "account's events", f"environments/{config.environment}.toml"
    ours, others = config.audit.management_events, ", ".join(other_trails(client, config))
    if not ours and not others:
        says = (
            f"held by no trail: set audit.management_events = true in {file}, or deploy the one first that holds them"
        )
        return Finding(check=check, outcome="missing", says=says)
    if ours and others:
        says = f"held by {others}, too, and copies are paid for: audit.management_events = false leaves them to it"
        return Finding(check=check, outcome="ok", says=says)
    return Finding(check=check, outcome="ok", says=f"held by {others or names.resource(config.environment, 'trail')}")


def _unusual_costs(client: Client, config: Config, account: str) -> Finding:
    check, file = "unusual costs", f"environments/{config.environment}.toml"
    if named := config.spending.anomaly_monitor:
        return Finding(check=check, outcome="ok", says=f"told by {named}")
    if manager := other_manager(client, account):
        says = (
            f"this account is a member of an organisation that {manager} manages, and may have no monitor of a tag: "
            f"set spending.anomaly_monitor in {file} to one that is there (aws ce get-anomaly-monitors lists them)"
        )
        return Finding(check=check, outcome="missing", says=says)
    if cost_explorer.is_off(client):
        says = "nobody has opened Cost Explorer yet, without which no monitor is made: open it once in the console"
        return Finding(check=check, outcome="missing", says=says)
    return Finding(check=check, outcome="ok", says="told by a monitor of this environment's tag")


def _log_groups(client: Client, prefix: str) -> dict[str, str]:
    """Name -> ARN of those that begin so."""
    found = client("logs").describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
    return {each["logGroupName"]: each["arn"].removesuffix(":*") for each in found}


def _image(client: Client, config: Config, image: str) -> Finding:
    check, build = f"image mlops/{image}", getattr(config.images, image.replace("-", "_"))
    which = {"imageDigest": build} if build.startswith("sha256:") else {"imageTag": build}
    try:
        client("ecr").describe_images(repositoryName=f"{names.PREFIX}/{image}", imageIds=[which])
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code not in ("RepositoryNotFoundException", "ImageNotFoundException"):
            raise
        first = "deploy the delivery stack, then " if code == "RepositoryNotFoundException" else ""
        cure = "promote it" if build.startswith("sha256:") else f"run make image publish VERSION={build}"
        says = f"{build} is not in ECR: {first}{cure}, or name another in [images]"
        return Finding(check=check, outcome="missing", says=says)
    return Finding(check=check, outcome="ok", says=build)


def _job_logs(client: Client, config: Config) -> Finding:
    logs, arns = client("logs"), _log_groups(client, names.JOB_LOGS)
    others = [
        name
        for name in names.JOB_LOG_GROUPS
        if name in arns and "Project" not in logs.list_tags_for_resource(resourceArn=arns[name])["tags"]
    ]
    if others:
        says = (
            f"{', '.join(others)}: made by jobs that ran before. Delete them, or set delivery.job_logs = false in "
            f"environments/{config.environment}.toml and give them a retention yourself"
        )
        return Finding(check="job logs", outcome="missing", says=says)
    return Finding(check="job logs", outcome="ok", says="no log group of SageMaker's jobs is in the way")


def _certificate(client: Client, config: Config) -> Finding:
    ingress = config.service.ingress
    if sentence := ingress.unencrypted:
        return Finding(check="certificate", outcome="missing", says=sentence)
    arn = ingress.certificate_arn
    status = client("acm").describe_certificate(CertificateArn=arn)["Certificate"]["Status"]
    if status != "ISSUED":
        says = f"{arn} is {status}: finish its validation, or name another"
        return Finding(check="certificate", outcome="missing", says=says)
    return Finding(check="certificate", outcome="ok", says=f"{arn} is issued")


def _quotas(client: Client, config: Config) -> Iterator[Finding]:
    asked: dict[str, dict[str, float]] = {}

    def quotas(service: str) -> dict[str, float]:
        if service not in asked:
            asked[service] = held(client("service-quotas"), service)
        return asked[service]

    for need in needs(config):
        yield _asked(f"quota {need.name}", partial(_quota, client, config, need, quotas))


def _quota(client: Client, config: Config, need: Need, quotas: Callable[[str], dict[str, float]]) -> Finding:
    check = f"quota {need.name}"
    if need.least is None:
        says = f"how much is needed is not known here ({need.because}): look it up in Service Quotas"
        return Finding(check=check, outcome="unknown", says=says)
    value = quotas(need.service).get(need.name)
    if value is None:
        says = f"AWS lists no such quota; {need.least:.0f} are needed ({need.because}): look it up in the console"
        return Finding(check=check, outcome="unknown", says=says)
    others = taken(client("ec2"), config, need.taken) if need.taken else 0
    there = f"{value:.0f}" + (f", of which {others} are taken" if others else "")
    if value - others < need.least:
        says = f"{there}, but {need.least:.0f} are needed ({need.because}): ask for more in Service Quotas"
        return Finding(check=check, outcome="missing", says=says)
    return Finding(check=check, outcome="ok", says=f"{there}, {need.least:.0f} are needed")


def _asked(check: str, ask: Callable[[], Finding]) -> Finding:
    """A check AWS refuses to answer is neither passed nor failed, and says so."""
    try:
        return ask()
    except (BotoCoreError, ClientError) as error:
        return Finding(check=check, outcome="unknown", says=f"cannot be looked at: {error}")
