"""What every stack of an environment has in common: its name, its tags, its place."""

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from core.contracts import names
from core.contracts.tags import Component, tags
from stacks.config import Config


class EnvironmentStack(cdk.Stack):
    """Stack ``mlops-{env}-{name}``."""

    def __init__(self, scope: Construct, config: Config, *, name: str, component: Component, description: str) -> None:
        stack_name = names.resource(config.environment, name)
        super().__init__(
            scope,
            stack_name,
            stack_name=stack_name,
            description=description,
            env=cdk.Environment(account=config.account, region=config.region),
            termination_protection=config.environment == "prod",
        )
        self.config = config
        self._name = name
        self.tag_values = tags(config.environment, component)
        for key, value in self.tag_values.items():
            cdk.Tags.of(self).add(key, value)

    @property
    def removal(self) -> cdk.RemovalPolicy:
        """What becomes of things that hold data when the stack goes."""
        return cdk.RemovalPolicy.RETAIN if self.config.data.keep_on_delete else cdk.RemovalPolicy.DESTROY

    def physical(self, component: str) -> str:
        """Name of a resource of this environment."""
        return names.resource(self.config.environment, component)

    def bucket_name(self, purpose: names.Purpose) -> str:
        """Name of one of the environment's buckets."""
        return names.bucket(self.config.environment, purpose, self.account)

    def colon_arn(self, service: str, resource: str, name: str) -> str:
        """ARN of a resource whose name follows a colon: log groups, alarms, Auto Scaling groups."""
        return self.format_arn(
            service=service, resource=resource, resource_name=name, arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
        )

    def log_group_arn(self, name: str) -> str:
        """ARN of a log group; with ``:*`` behind the name, of its streams."""
        return self.colon_arn("logs", "log-group", name)

    def tell(self, name: str, value: str) -> None:
        """Say something to the other stacks: one way, and without an export that would lock it."""
        ssm.StringParameter(
            self,
            f"Parameter-{name}",
            parameter_name=names.parameter(self.config.environment, self._name, name),
            string_value=value,
        )

    def told(self, stack: str, name: str) -> str:
        """What another stack has said; read when this one is deployed."""
        return ssm.StringParameter.value_for_string_parameter(
            self, names.parameter(self.config.environment, stack, name)
        )
