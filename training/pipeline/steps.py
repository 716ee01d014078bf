"""The kinds of step we use, each rendered to the JSON SageMaker documents (version 2020-12-01)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from training.pipeline.values import Json, Text, json_get

SERVICE_RETRIES: Final[Json] = {
    "ExceptionType": ["Step.SERVICE_FAULT", "Step.THROTTLING"],
    "IntervalSeconds": 10,
    "BackoffRate": 2.0,
    "MaxAttempts": 6,
}
JOB_RETRIES: Final[Json] = {
    # No SageMaker.RESOURCE_LIMIT: a quota does not grow by waiting; the failure names it and ends the run.
    "ExceptionType": ["SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR"],
    "IntervalSeconds": 60,
    "BackoffRate": 2.0,
    "MaxAttempts": 4,
}


class Step(Protocol):
    """One step of a definition."""

    @property
    def name(self) -> str:
        """Unique in its pipeline."""
        ...

    def to_json(self) -> Json:
        """The step as it stands in the definition."""
        ...


@dataclass(frozen=True, kw_only=True)
class JobStep:
    """A step that makes one API request; ``arguments`` is that request without the name of what it makes."""

    name: str
    arguments: Json
    depends_on: tuple[str, ...] = ()

    type = ""
    retries: tuple[Json, ...] = (SERVICE_RETRIES,)

    def to_json(self) -> Json:
        """The step as it stands in the definition."""
        rendered: Json = {"Name": self.name, "Type": self.type, "Arguments": self.arguments}
        if self.depends_on:
            rendered["DependsOn"] = list(self.depends_on)
        return rendered | {"RetryPolicies": [dict(policy) for policy in self.retries]}


@dataclass(frozen=True)
class PropertyFile:
    """A JSON file in an output of a processing step that conditions may look into."""

    name: str
    output: str
    path: str

    def to_json(self) -> Json:
        """The file as it stands in the definition."""
        return {"PropertyFileName": self.name, "OutputName": self.output, "FilePath": self.path}


@dataclass(frozen=True, kw_only=True)
class ProcessingStep(JobStep):
    """``CreateProcessingJob``."""

    property_files: tuple[PropertyFile, ...] = ()
    type = "Processing"
    retries: tuple[Json, ...] = (SERVICE_RETRIES, JOB_RETRIES)

    def to_json(self) -> Json:
        """The step as it stands in the definition; never cached, for what it reads changes."""
        rendered = super().to_json() | {"CacheConfig": {"Enabled": False}}
        if self.property_files:
            rendered["PropertyFiles"] = [file.to_json() for file in self.property_files]
        return rendered


@dataclass(frozen=True, kw_only=True)
class TrainingStep(JobStep):
    """``CreateTrainingJob``."""

    type = "Training"
    retries: tuple[Json, ...] = (SERVICE_RETRIES, JOB_RETRIES)

    def to_json(self) -> Json:
        """The step as it stands in the definition; never cached, for what it reads changes."""
        return super().to_json() | {"CacheConfig": {"Enabled": False}}


@dataclass(frozen=True, kw_only=True)
class TransformStep(JobStep):
    """``CreateTransformJob``."""

    type = "Transform"
    retries: tuple[Json, ...] = (SERVICE_RETRIES, JOB_RETRIES)

    def to_json(self) -> Json:
        """The step as it stands in the definition; never cached, for what it reads changes."""
        return super().to_json() | {"CacheConfig": {"Enabled": False}}


@dataclass(frozen=True, kw_only=True)
class ModelStep(JobStep):
    """``CreateModel``."""

    type = "Model"


@dataclass(frozen=True, kw_only=True)
class RegisterModelStep(JobStep):
    """``CreateModelPackage``."""

    type = "RegisterModel"


@dataclass(frozen=True, kw_only=True)
class ConditionStep:
    """Goes one way when a value in a property file is true, the other way when it is false."""

    name: str
    step: str
    property_file: str
    path: str
    then: tuple[Step, ...]
    otherwise: tuple[Step, ...] = field(default=())

    def to_json(self) -> Json:
        """The step as it stands in the definition."""
        left: Text = json_get(self.step, self.property_file, self.path)
        return {
            "Name": self.name,
            "Type": "Condition",
            "Arguments": {
                "Conditions": [{"Type": "Equals", "LeftValue": left, "RightValue": True}],
                "IfSteps": [step.to_json() for step in self.then],
                "ElseSteps": [step.to_json() for step in self.otherwise],
            },
        }


def definition(
    *, parameters: tuple[str, ...], steps: tuple[Step, ...], defaults: Mapping[str, str] | None = None
) -> Json:
    """A whole pipeline definition; parameters are strings, those of ``defaults`` need not be given."""
    optional = [{"Name": name, "Type": "String", "DefaultValue": value} for name, value in (defaults or {}).items()]
    return {
        "Version": "2020-12-01",
        "Metadata": {},
        "Parameters": [*({"Name": name, "Type": "String"} for name in parameters), *optional],
        "PipelineExperimentConfig": {
            "ExperimentName": {"Get": "Execution.PipelineName"},
            "TrialName": {"Get": "Execution.PipelineExecutionId"},
        },
        "Steps": [step.to_json() for step in steps],
    }
