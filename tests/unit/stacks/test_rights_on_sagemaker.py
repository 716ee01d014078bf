"""What functions ask of SageMaker, their roles allow: a laptop's world holds them to all the rest, and to this not."""

from collections.abc import Callable
from typing import Any

import pytest

from core.contracts.errors import RejectedModelError
from lambdas.promote.packages import Registry
from lambdas.shared.pipelines import SageMakerPipelines
from tests.unit.stacks.synthesis import Template, templates

pytestmark = pytest.mark.xdist_group("synth")
ARN = "arn:aws:sagemaker:ap-southeast-1:<AWS::AccountId>:{}"
LADDER = ("retrain", "retrain-2", "retrain-3")
FOLLOWS = {"on-upload": LADDER, "promote": ("forecast",), "on-pipeline-change": (*LADDER, "forecast")}
"""Function -> pipelines it starts and looks at."""
JOB = ARN.format("processing-job/pipelines-abc-Ingest-1")
PACKAGE = ARN.format("model-package/mlops-dev-demand/1")
FAILED = {"StepName": "Ingest", "StepStatus": "Failed", "Metadata": {"ProcessingJob": {"Arn": JOB}}}


class Asked:
    """A client that remembers which actions were asked for, on what."""

    def __init__(self, pipeline: str) -> None:
        self.of: set[tuple[str, str]] = set()
        self._pipeline = ARN.format(f"pipeline/mlops-dev-{pipeline}")
        self.execution = f"{self._pipeline}/execution/abc"

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        answers: dict[str, tuple[str, dict[str, Any]]] = {
            "start_pipeline_execution": (self._pipeline, {"PipelineExecutionArn": self.execution}),
            "describe_pipeline_execution": (self.execution, {"PipelineExecutionStatus": "Failed"}),
            "list_pipeline_execution_steps": (self.execution, {"PipelineExecutionSteps": [FAILED]}),
            "describe_processing_job": (JOB, {}),
            "describe_model_package": (PACKAGE, {"ModelPackageGroupName": "mlops-dev-demand"}),
        }
        resource, answer = answers[name]
        self.of.add((f"sagemaker:{name.title().replace('_', '')}", resource))
        return lambda **_: answer


def role(ml: Template, function: str) -> str:
    _, found = ml.one("AWS::Lambda::Function", FunctionName=f"mlops-dev-{function}")
    return str(found["Role"]["Fn::GetAtt"][0])


@pytest.mark.parametrize(("function", "pipeline"), [(each, name) for each in FOLLOWS for name in FOLLOWS[each]])
def test_a_function_may_start_and_follow_its_pipelines(function: str, pipeline: str) -> None:
    ml, client = templates("dev")["ml"], Asked(pipeline)
    pipelines = SageMakerPipelines(client)  # type: ignore[arg-type]
    pipelines.start(pipeline, "name", {})
    pipelines.describe(client.execution)
    assert len(client.of) == 4
    assert not [asked for asked in client.of if not ml.lets(role(ml, function), *asked)]


def test_who_promotes_may_look_at_the_models_of_the_group() -> None:
    ml, client = templates("dev")["ml"], Asked("forecast")
    with pytest.raises(RejectedModelError, match="not Approved"):
        Registry(client, "mlops-dev-demand").approved(PACKAGE)  # type: ignore[arg-type]
    ((action, package),) = client.of
    assert ml.lets(role(ml, "promote"), action, package)
