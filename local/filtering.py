"""What the emulator's CloudFormation cannot hold, left out of a template by one list."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from core.contracts.errors import RetailForecastError
from local.settings import ACCOUNT, REGION

LEFT_OUT: Final[dict[str, str]] = {
    "AWS::SageMaker::Pipeline": "created at the local SageMaker endpoint from the same template",
    "AWS::SageMaker::ModelPackageGroup": "created at the local SageMaker endpoint from the same template",
    "AWS::Budgets::Budget": "nothing here costs anything",
    "AWS::CE::AnomalyMonitor": "nothing here costs anything",
    "AWS::CE::AnomalySubscription": "nothing here costs anything",
    "AWS::CloudTrail::Trail": "the emulator keeps no audit trail",
    "AWS::Athena::NamedQuery": "the emulator's Athena keeps no saved queries",
    "AWS::Scheduler::Schedule": "nothing here is switched off at night",
    "AWS::EC2::EIP": "no network on one machine",
    "AWS::EC2::NatGateway": "no network on one machine",
    "AWS::EC2::FlowLog": "no network on one machine",
}
OUTPUT_PREFIX: Final = "Local"


class FilterError(RetailForecastError):
    """Something that stays refers to something left out; the message names both."""


def _arn(kind: str, name: Any) -> dict[str, Any]:
    return {"Fn::Join": ["", [f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}/", name]]}


# What Ref and Fn::GetAtt of a resource left out would have given, from its properties.
_ATTRIBUTES: Final[dict[tuple[str, str], Callable[[dict[str, Any]], Any]]] = {
    ("AWS::SageMaker::Pipeline", "Ref"): lambda p: p["PipelineName"],
    ("AWS::SageMaker::ModelPackageGroup", "Ref"): lambda p: _arn("model-package-group", p["ModelPackageGroupName"]),
    ("AWS::SageMaker::ModelPackageGroup", "ModelPackageGroupArn"): lambda p: _arn(
        "model-package-group", p["ModelPackageGroupName"]
    ),
}

# Properties of SageMaker resources that are needed to create them at our endpoint.
_CARRIED: Final[dict[str, dict[str, Callable[[dict[str, Any]], Any]]]] = {
    "AWS::SageMaker::Pipeline": {
        "PipelineName": lambda p: p["PipelineName"],
        "RoleArn": lambda p: p["RoleArn"],
        "PipelineDefinition": lambda p: p["PipelineDefinition"]["PipelineDefinitionBody"],
    },
    "AWS::SageMaker::ModelPackageGroup": {
        "ModelPackageGroupName": lambda p: p["ModelPackageGroupName"],
        "ModelPackageGroupDescription": lambda p: p.get("ModelPackageGroupDescription", "Demand models"),
    },
}


@dataclass(frozen=True)
class Filtered:
    """A template the emulator can hold, and what became of the rest."""

    template: dict[str, Any]
    left_out: tuple[tuple[str, str, str], ...] = field(default=())
    """Logical id, type and reason."""


def filtered(template: dict[str, Any]) -> Filtered:
    """The template without what the emulator cannot hold.

    Properties of SageMaker resources are carried by outputs ``Local<id>X<property>``, so
    that CloudFormation itself resolves the expressions in them.

    Raises:
        FilterError: a resource that stays needs one that is left out.
    """
    resources: dict[str, Any] = template.get("Resources", {})
    gone = {name: r for name, r in resources.items() if r["Type"] in LEFT_OUT}
    outputs = dict(template.get("Outputs", {}))
    for name, resource in gone.items():
        for part, expression in _CARRIED.get(resource["Type"], {}).items():
            outputs[f"{OUTPUT_PREFIX}{name}X{part}"] = {"Value": expression(resource.get("Properties", {}))}
    kept = {
        **template,
        "Resources": {n: _without_dependencies(r, gone) for n, r in resources.items() if n not in gone},
        "Outputs": outputs,
    }
    listed = tuple((name, r["Type"], LEFT_OUT[r["Type"]]) for name, r in gone.items())
    return Filtered(_replace(kept, gone), listed)


def _without_dependencies(resource: dict[str, Any], gone: dict[str, Any]) -> dict[str, Any]:
    if "DependsOn" not in resource:
        return resource
    named = resource["DependsOn"]
    left = [name for name in ([named] if isinstance(named, str) else named) if name not in gone]
    rest = {name: value for name, value in resource.items() if name != "DependsOn"}
    return {**rest, "DependsOn": left} if left else rest


def _replace(value: Any, gone: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_replace(part, gone) for part in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"} and value["Ref"] in gone:
        return _replace(_attribute(value["Ref"], "Ref", gone), gone)
    if set(value) == {"Fn::GetAtt"} and value["Fn::GetAtt"][0] in gone:
        return _replace(_attribute(value["Fn::GetAtt"][0], value["Fn::GetAtt"][1], gone), gone)
    return {name: _replace(part, gone) for name, part in value.items()}


def _attribute(name: str, attribute: str, gone: dict[str, Any]) -> Any:
    kind = gone[name]["Type"]
    if (kind, attribute) not in _ATTRIBUTES:
        raise FilterError(
            f"{name} ({kind}) is left out here, but its {attribute} is used; say in local/filtering.py by what"
        )
    return _ATTRIBUTES[kind, attribute](gone[name]["Properties"])
