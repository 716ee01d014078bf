"""What we expect of the SageMaker stand-in, through botocore as everybody calls it."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.state import State
from tests.contract.conftest import Parts
from tests.contract.test_emulator import events, until

IMAGE = "000000000000.dkr.ecr.ap-southeast-1.amazonaws.com/mlops/training:1"
ROLE = "arn:aws:iam::000000000000:role/steps"


def pipeline(parts: Parts, name: str, script: str, folder: Path, **more: Any) -> None:
    """A pipeline of one step that runs a script."""
    path = folder / f"{name}.py"
    path.write_text(f"import os, pathlib, time\nML = pathlib.Path(os.environ['OPT_ML'])\n{script}\n")
    step = {
        "Name": "Only",
        "Type": "Processing",
        "Arguments": {
            "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": ["python3", str(path)]},
            "ProcessingResources": {
                "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
            },
            "RoleArn": ROLE,
            **more,
        },
    }
    definition = {"Version": "2020-12-01", "Parameters": [], "Steps": [step]}
    parts.cloud.sagemaker.create_pipeline(
        PipelineName=name, PipelineDefinition=json.dumps(definition), RoleArn=ROLE, ClientRequestToken="c" * 32
    )


def start(parts: Parts, name: str, token: str = "t" * 32) -> str:
    return parts.cloud.sagemaker.start_pipeline_execution(PipelineName=name, ClientRequestToken=token)[
        "PipelineExecutionArn"
    ]


def ended(parts: Parts, arn: str) -> Any:
    def look() -> Any:
        found = parts.cloud.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        return None if found["PipelineExecutionStatus"] in ("Executing", "Stopping") else found

    return until(look, 30)


def listen(parts: Parts, name: str, pattern: dict[str, Any]) -> str:
    """Url of a queue that hears what matches."""
    url, arn = parts.queue(name)
    events(parts).put_rule(Name=name, EventPattern=json.dumps(pattern))
    events(parts).put_targets(Rule=name, Targets=[{"Id": "q", "Arn": arn}])
    return url


def heard(parts: Parts, url: str) -> dict[str, Any]:
    """The next event in a queue, taken out."""
    (message,) = until(lambda: parts.cloud.sqs.receive_message(QueueUrl=url).get("Messages"))
    parts.cloud.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    event: dict[str, Any] = json.loads(message["Body"])
    return event


def test_an_execution_reads_and_writes_s3_and_its_end_reaches_the_queue_of_a_rule(parts: Parts, tmp_path: Path) -> None:
    bucket = parts.bucket("flow")
    parts.cloud.s3.put_object(Bucket=bucket, Key="in/x.txt", Body=b"7")
    given = {"S3Uri": f"s3://{bucket}/in/", "LocalPath": "/opt/ml/processing/input/in", "S3DataType": "S3Prefix"}
    taken = {"S3Uri": f"s3://{bucket}/out", "LocalPath": "/opt/ml/processing/output/out", "S3UploadMode": "EndOfJob"}
    twice = "(ML/'processing/output/out/y').write_text((ML/'processing/input/in/x.txt').read_text() * 2)"
    pipeline(
        parts, "flow", twice, tmp_path,
        ProcessingInputs=[{"InputName": "in", "S3Input": given}],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "out", "S3Output": taken}]},
    )  # fmt: skip
    detail_type = "SageMaker Model Building Pipeline Execution Status Change"
    wanted = {"currentPipelineExecutionStatus": ["Succeeded", "Failed"], "pipelineArn": [{"suffix": "pipeline/flow"}]}
    url = listen(parts, "flow", {"source": ["aws.sagemaker"], "detail-type": [detail_type], "detail": wanted})
    arn = start(parts, "flow")
    assert ended(parts, arn)["PipelineExecutionStatus"] == "Succeeded"
    assert parts.cloud.s3.get_object(Bucket=bucket, Key="out/y")["Body"].read() == b"77"
    detail = heard(parts, url)["detail"]
    assert detail["pipelineExecutionArn"] == arn
    assert (detail["previousPipelineExecutionStatus"], detail["currentPipelineExecutionStatus"]) == (
        "Executing",
        "Succeeded",
    )
    (step,) = parts.cloud.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    assert (step["StepName"], step["StepStatus"]) == ("Only", "Succeeded")
    assert step["Metadata"]["ProcessingJob"]["Arn"].startswith(
        "arn:aws:sagemaker:ap-southeast-1:000000000000:processing-job/"
    )


def test_packages_and_their_approval_come_back_as_given_and_are_announced(parts: Parts) -> None:
    sagemaker = parts.cloud.sagemaker
    sagemaker.create_model_package_group(ModelPackageGroupName="g")
    pattern = {
        "source": ["aws.sagemaker"],
        "detail": {"ModelPackageGroupName": ["g"], "ModelApprovalStatus": ["Approved"]},
    }
    url = listen(parts, "approved", pattern)
    container: Any = {"Image": IMAGE, "ModelDataUrl": "s3://b/model.tar.gz"}
    arn = sagemaker.create_model_package(
        ModelPackageGroupName="g",
        ModelApprovalStatus="PendingManualApproval",
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["x"],
            "SupportedResponseMIMETypes": ["y"],
        },
        CustomerMetadataProperties={"dataset": "shop", "run_id": "r", "model_id": "shop-r"},
        ModelMetrics={"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": "s3://b/e.json"}}},
    )["ModelPackageArn"]
    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    found = sagemaker.describe_model_package(ModelPackageName=arn)
    assert found["CustomerMetadataProperties"]["model_id"] == "shop-r"
    assert found["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] == "s3://b/model.tar.gz"
    assert found["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"] == "s3://b/e.json"
    assert found["ModelApprovalStatus"] == "Approved"
    event = heard(parts, url)
    assert event["detail-type"] == "SageMaker Model Package State Change"
    assert event["detail"]["ModelPackageArn"] == arn


def test_what_does_not_exist_is_not_found(parts: Parts) -> None:
    with pytest.raises(ClientError) as error:
        parts.cloud.sagemaker.start_pipeline_execution(PipelineName="nobody", ClientRequestToken="t" * 32)
    assert error.value.response["Error"]["Code"] == "ResourceNotFound"


def test_a_stopped_execution_ends_stopped(parts: Parts, tmp_path: Path) -> None:
    pipeline(parts, "endless", f"pathlib.Path({str(tmp_path / 'on')!r}).touch(); time.sleep(600)", tmp_path)
    arn = start(parts, "endless")
    until((tmp_path / "on").exists)
    parts.cloud.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken="s" * 32)
    assert ended(parts, arn)["PipelineExecutionStatus"] == "Stopped"


def test_killed_in_mid_step_an_execution_goes_on_and_nothing_is_forgotten(own_parts: Parts, tmp_path: Path) -> None:
    parts, gate, seen = own_parts, tmp_path / "gate", tmp_path / "seen"
    script = (
        f"with open({str(seen)!r}, 'a') as f: f.write('x')\n"
        f"while not pathlib.Path({str(gate)!r}).exists(): time.sleep(0.01)"
    )
    pipeline(parts, "slow", script, tmp_path)
    parts.cloud.sagemaker.create_model_package_group(ModelPackageGroupName="g")
    arn = start(parts, "slow")
    until(seen.exists)
    before = parts.cloud.sagemaker.describe_pipeline(PipelineName="slow")
    parts.sagemaker.kill()
    gate.touch()
    parts.start_sagemaker()
    assert ended(parts, arn)["PipelineExecutionStatus"] == "Succeeded"
    assert seen.read_text() == "xx"
    (step,) = parts.cloud.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    assert step["AttemptCount"] == 2
    assert start(parts, "slow") == arn
    after = parts.cloud.sagemaker.describe_pipeline(PipelineName="slow")
    assert after["CreationTime"] == before["CreationTime"]
    assert after["PipelineDefinition"] == before["PipelineDefinition"]


def test_an_event_sent_while_the_emulator_is_down_arrives_when_it_is_back(own_parts: Parts, tmp_path: Path) -> None:
    parts, gate = own_parts, tmp_path / "gate"
    pipeline(parts, "late", f"while not pathlib.Path({str(gate)!r}).exists(): time.sleep(0.01)", tmp_path)
    wanted = {"currentPipelineExecutionStatus": ["Succeeded"]}
    url = listen(parts, "late", {"source": ["aws.sagemaker"], "detail": wanted})
    parts.emulator.snapshot()
    arn = start(parts, "late")
    parts.emulator.child.kill()
    gate.touch()
    assert ended(parts, arn)["PipelineExecutionStatus"] == "Succeeded"
    parts.emulator.start()
    assert heard(parts, url)["detail"]["pipelineExecutionArn"] == arn


def test_runs_of_every_pipeline_of_ours_are_told_together_newest_first(parts: Parts, tmp_path: Path) -> None:
    ours = ["mlops-dev-retrain", "mlops-dev-forecast", "mlops-dev-retrain-2", "mlops-dev-maintain"]
    for name in (*ours, "theirs"):
        pipeline(parts, name, "time.sleep(0)", tmp_path)
        ended(parts, start(parts, name))
    found = State(parts.cloud, parts.info).runs()
    assert [run.pipeline for run in found] == ours[::-1]
    assert [run.short for run in found] == ["maintain", "retrain-2", "forecast", "retrain"]
