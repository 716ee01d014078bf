"""What the templates of an environment cost in a month, line by line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from core.contracts import names
from stacks.config import Config
from stacks.costs.prices import Load, Prices
from stacks.kubernetes_versions import in_extended_support
from stacks.templates import Json, text

MILLION: Final = 1e6


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an estimate."""

    component: str
    what: str
    quantity: float
    unit: str
    usd: float
    """A month."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Reads templates, by short name, under a configuration."""

    config: Config
    templates: dict[str, Json]
    prices: Prices
    load: Load
    today: date
    """Of the month that is estimated: a version of Kubernetes may have come into extended support."""

    def lines(self) -> list[Line]:
        """All of them, dearest component first."""
        found = [
            *self._cluster(),
            *self._network(),
            *self._machines(),
            *self._data(),
            *self._functions(),
            *self._watching(),
            *self._images(),
        ]
        totals: dict[str, float] = {}
        for line in found:
            totals[line.component] = totals.get(line.component, 0) + line.usd
        return sorted(found, key=lambda line: (-totals[line.component], line.component, -line.usd))

    def _cluster(self) -> Iterator[Line]:
        hours = self.prices.assumed.hours_per_month
        clusters = len(self._of("AWS::EKS::Cluster"))
        if not clusters:
            return
        wanted = self.config.cluster
        extended = in_extended_support(wanted.version, wanted.support, self.today)
        price = "eks_extended_cluster_hour" if extended else "eks_cluster_hour"
        yield self._line("cluster", "control plane", clusters * hours, "hours", price)
        share = wanted.office_hours.share if wanted.office_hours else 1.0
        for group in self._of("AWS::EKS::Nodegroup"):
            kind = min(group["InstanceTypes"], key=self.prices.machine)
            spot = group["CapacityType"] == "SPOT"
            usd = self.prices.machine(kind) * (self.prices.assumed.spot_share if spot else 1)
            nodes = group["ScalingConfig"]["MinSize"]
            name = f"nodes {kind}{', spot' if spot else ''}{', business hours' if share < 1 else ''}"
            yield self._at("cluster", name, nodes * hours * share, "hours", usd)
            yield self._line("cluster", "node disks", nodes * wanted.disk_gb * share, "GB", "gp3_gb_month")

    def _network(self) -> Iterator[Line]:
        hours = self.prices.assumed.hours_per_month
        nats = len(self._of("AWS::EC2::NatGateway"))
        yield self._line("network", "NAT gateways", nats * hours, "hours", "nat_hour")
        yield self._line("network", "NAT traffic", self.load.nat_gb if nats else 0, "GB", "nat_gb")
        zones = sum(
            len(each["SubnetIds"])
            for each in self._of("AWS::EC2::VPCEndpoint")
            if each["VpcEndpointType"] == "Interface"
        )
        yield self._line("network", "interface endpoints", zones * hours, "zone-hours", "endpoint_zone_hour")
        yield self._line("network", "endpoint traffic", self.load.endpoint_gb if zones else 0, "GB", "endpoint_gb")
        balancers = self._balancers()
        public = self.config.service.ingress.scheme == "internet-facing"
        addresses = len(self._of("AWS::EC2::EIP")) + (balancers * self.config.vpc.zones if public else 0)
        yield self._line("network", "public addresses", addresses * hours, "hours", "public_address_hour")
        yield self._line("network", "load balancer", balancers * hours, "hours", "balancer_hour")
        yield self._line("network", "load balancer capacity", balancers * hours, "unit-hours", "balancer_unit_hour")
        for acl in self._of("AWS::WAFv2::WebACL"):
            yield self._line("network", "firewall", 1, "ACL", "web_acl_month")
            yield self._line("network", "firewall rules", len(acl["Rules"]), "rules", "web_acl_rule_month")
            yield self._line("network", "requests seen", self.load.requests / MILLION, "millions", "web_acl_million")

    def _balancers(self) -> int:
        """What the controller makes of the charts' Ingresses."""
        return sum(
            object_["kind"] == "Ingress"
            for each in self._of("Custom::AWSCDK-EKS-KubernetesResource")
            for object_ in json.loads(text(each["Manifest"]))
        )

    def _machines(self) -> Iterator[Line]:
        """SageMaker jobs of the retrain and forecast pipelines, by the machines their definitions name.

        Those that a training goes on in where no machine was free are not counted: it runs once, here or there.
        """
        spot_share = self.prices.assumed.spot_share if self.config.training.spot else 1.0
        used: dict[tuple[str, float], float] = {}
        counted = [named(self.config.environment) for named in (names.retrain_pipeline, names.forecast_pipeline)]
        for pipeline in self._of("AWS::SageMaker::Pipeline"):
            if text(pipeline["PipelineName"]) not in counted:
                continue
            definition = json.loads(text(pipeline["PipelineDefinition"]["PipelineDefinitionBody"]))
            for kind, name, count in _jobs(definition["Steps"]):
                training = kind == "Training"
                minutes = self.load.retrain_minutes if training else self.load.processing_minutes
                key = (name, spot_share if training else 1.0)
                used[key] = used.get(key, 0) + count * minutes / 60 * self.load.retrains
        for (name, share), hours in sorted(used.items()):
            what = f"jobs on {name}{', spot' if share < 1 else ''}"
            yield self._at("training and forecasts", what, hours, "hours", self.prices.machine(name) * share)

    def _data(self) -> Iterator[Line]:
        load = self.load
        yield self._line("data", "storage", load.lake_gb + load.upload_gb, "GB", "s3_gb_month")
        thousands = (load.uploads + load.retrains) * 0.5
        yield self._line("data", "writes", thousands, "thousands", "s3_thousand_writes")
        yield self._line("data", "reads", thousands * 10, "thousands", "s3_thousand_reads")
        millions = load.uploads * 50 / MILLION
        yield self._line("data", "uploads table, writes", millions, "millions", "dynamodb_million_writes")
        yield self._line("data", "uploads table, reads", millions, "millions", "dynamodb_million_reads")
        yield self._line("data", "keys", len(self._of("AWS::KMS::Key")), "keys", "key_month")

    def _functions(self) -> Iterator[Line]:
        runs = self.load.uploads + self.load.retrains
        price = f"lambda_gb_second_{self.config.functions.architecture}"
        yield self._line("functions", "time", runs * self.prices.assumed.gb_seconds_of_a_run, "GB-seconds", price)
        messages = runs * self.prices.assumed.messages_of_a_run / MILLION
        yield self._line("functions", "calls", messages, "millions", "lambda_million")
        yield self._line("functions", "messages", messages * 3, "millions", "sqs_million")

    def _watching(self) -> Iterator[Line]:
        name = "watching"
        yield self._line(name, "alarms", len(self._of("AWS::CloudWatch::Alarm")), "alarms", "alarm_month")
        yield self._line(name, "dashboards", len(self._of("AWS::CloudWatch::Dashboard")), "boards", "dashboard_month")
        own = len(self._of("AWS::Logs::MetricFilter")) + self.prices.assumed.own_metrics
        yield self._line(name, "metrics of our own", own, "metrics", "metric_month")
        yield self._line(name, "logs", self.load.log_gb, "GB", "logs_gb")
        events = self.load.uploads * 100 / 1e5
        price = "trail_hundred_thousand_data_events"
        yield self._line(name, "audit trail, objects", events, "hundred thousand events", price)
        copies = self.load.management_copies if self.config.audit.management_events else 0
        price = "trail_hundred_thousand_copies"
        yield self._line(name, "audit trail, copies", copies / 1e5, "hundred thousand events", price)
        millions = self._observations() / MILLION
        price = "containers_million_observations"
        yield self._line(name, "Container Insights", millions, "million observations", price)

    def _observations(self) -> float:
        """What Container Insights takes down in a month, a metric a minute."""
        assumed, office_hours = self.prices.assumed, self.config.cluster.office_hours
        nodes = sum(each["ScalingConfig"]["MinSize"] for each in self._of("AWS::EKS::Nodegroup"))
        if not nodes:
            return 0
        share = office_hours.share if office_hours else 1.0
        metrics: int = assumed.cluster_metrics + assumed.node_metrics * nodes
        return metrics * assumed.hours_per_month * 60 * share

    def _images(self) -> Iterator[Line]:
        load, repositories = self.load, len(self._of("AWS::ECR::Repository"))
        if repositories:
            yield self._line("delivery", "images kept", repositories * load.image_gb, "GB", "registry_gb_month")
            yield self._line("delivery", "builds", load.builds * load.build_minutes, "minutes", "build_minute")
            yield self._line("delivery", "pipeline", load.builds * load.pipeline_minutes, "minutes", "pipeline_minute")

    def _of(self, kind: str) -> list[Json]:
        return [
            each["Properties"]
            for template in self.templates.values()
            for each in template["Resources"].values()
            if each["Type"] == kind
        ]

    def _line(self, component: str, what: str, quantity: float, unit: str, price: str) -> Line:
        return self._at(component, what, quantity, unit, self.prices.unit[price].usd)

    def _at(self, component: str, what: str, quantity: float, unit: str, price: float) -> Line:
        usd = quantity * price * self.prices.factor(self.config.region)
        return Line(component=component, what=what, quantity=quantity, unit=unit, usd=usd)


def _jobs(steps: list[dict[str, Any]]) -> Iterator[tuple[str, str, int]]:
    """Kind, instance type and count of every job of a pipeline, those behind conditions too."""
    for step in steps:
        arguments = step.get("Arguments", {})
        if step["Type"] == "Condition":
            yield from _jobs([*arguments.get("IfSteps", []), *arguments.get("ElseSteps", [])])
        resources = (
            arguments.get("ResourceConfig")
            or arguments.get("TransformResources")
            or arguments.get("ProcessingResources", {}).get("ClusterConfig")
        )
        if resources:
            yield step["Type"], resources["InstanceType"], int(resources["InstanceCount"])
