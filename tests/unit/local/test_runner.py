"""The pipeline runner, on pipelines of tiny scripts."""

import io
import json
import tarfile
import time
from typing import Any

import pytest

from local.sagemaker.journal import Execution, Step
from local.sagemaker.runner import MAX_ATTEMPTS
from tests.unit.local.conftest import Bench, processing

DECIDE = [{"PropertyFileName": "Decision", "OutputName": "out", "FilePath": "decision.json"}]
IMAGE = "1.dkr.ecr.x.amazonaws.com/mlops/training:1"


def condition(name: str, wanted: object, yes: list[Any], no: list[Any], of: str = "First") -> dict[str, Any]:
    left = {"Std:JsonGet": {"PropertyFile": {"Get": f"Steps.{of}.PropertyFiles.Decision"}, "Path": "due"}}
    test = {"Type": "Equals", "LeftValue": left, "RightValue": wanted}
    return {"Name": name, "Type": "Condition", "Arguments": {"Conditions": [test], "IfSteps": yes, "ElseSteps": no}}


def write_decision(bench: Bench, due: bool) -> dict[str, Any]:
    body = f"(ML/'processing/output/out/decision.json').write_text(json.dumps({{'due': {due}}}))"
    return processing("First", bench.script("first", body), output="s3://lake/run/first", PropertyFiles=DECIDE)


def touch(bench: Bench, name: str, **more: Any) -> dict[str, Any]:
    body = f"(ML/'processing/output/out/{name}').write_text('done')"
    return processing(name, bench.script(name, body), output=f"s3://lake/run/{name}", **more)


@pytest.mark.parametrize(("due", "ran", "not_ran"), [(True, "Yes", "No"), (False, "No", "Yes")])
def test_a_condition_on_a_property_file_chooses_the_branch(bench: Bench, due: bool, ran: str, not_ran: str) -> None:
    gate = condition("Gate", True, [touch(bench, "Yes")], [touch(bench, "No")])
    execution = bench.run([gate, write_decision(bench, due)])
    assert execution.status == "Succeeded"
    assert [s.name for s in bench.journal.steps(execution.id)] == ["First", "Gate", ran]
    assert (bench.folder / f"s3/lake/run/{ran}/{ran}").exists()
    assert not (bench.folder / f"s3/lake/run/{not_ran}").exists()


def test_a_failed_step_fails_the_execution_with_the_reason_it_wrote(bench: Bench) -> None:
    body = "(ML/'output/failure').write_text('units column is missing'); sys.exit(1)"
    execution = bench.run([processing("Bad", bench.script("bad", body)), touch(bench, "Next", DependsOn=["Bad"])])
    assert execution.status == "Failed"
    assert "Step Bad failed" in str(execution.failure)
    assert "units column is missing" in str(execution.failure)
    assert [s.name for s in bench.journal.steps(execution.id)] == ["Bad"]
    assert bench.statuses() == ["Failed"]


def test_without_a_failure_file_the_end_of_the_log_is_the_reason(bench: Bench) -> None:
    execution = bench.run([processing("Bad", bench.script("bad", "sys.exit('no such table')"))])
    assert "exit code 1: no such table" in str(execution.failure)


def test_a_step_killed_from_outside_fails_visibly(bench: Bench) -> None:
    execution = bench.run([processing("Bad", bench.script("bad", "os.kill(os.getpid(), 9)"))])
    assert execution.status == "Failed"
    assert "SIGKILL" in str(execution.failure)


def test_a_job_longer_than_its_limit_is_ended(bench: Bench) -> None:
    endless = bench.script("endless", "import time; time.sleep(600)")
    execution = bench.run([processing("Endless", endless, StoppingCondition={"MaxRuntimeInSeconds": 1})])
    assert "MaxRuntimeExceeded" in str(execution.failure)


def test_a_fail_step_fails_with_its_message(bench: Bench) -> None:
    message = {"Std:Join": {"On": " ", "Values": ["run", {"Get": "Parameters.RunId"}, "refused"]}}
    step = {"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": message}}
    execution = bench.run([step], [{"Name": "RunId", "Type": "String"}], RunId="r1")
    assert execution.failure == "Step Stop failed: run r1 refused"


def test_training_gets_its_files_and_leaves_a_model_with_files_at_the_root(bench: Bench) -> None:
    bench.storage.write("s3://lake/data/a.csv", b"1")
    bench.storage.write("s3://art/checkpoints/old", b"round 5")
    body = (
        "config = json.loads((ML/'input/config/hyperparameters.json').read_text())\n"
        "(ML/'model/model.txt').write_text((ML/'input/data/train/a.csv').read_text() + config['depth']"
        " + os.environ['X'] + (ML/'checkpoints/old').read_text())\n"
        "(ML/'checkpoints/new').write_text('round 6')"
    )
    channel = {
        "ChannelName": "train",
        "DataSource": {"S3DataSource": {"S3Uri": "s3://lake/data/", "S3DataType": "S3Prefix"}},
    }
    step = {
        "Name": "Train",
        "Type": "Training",
        "Arguments": {
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "ContainerEntrypoint": bench.script("train", body)},
            "InputDataConfig": [channel],
            "HyperParameters": {"depth": "7"},
            "Environment": {"X": "x"},
            "OutputDataConfig": {"S3OutputPath": "s3://art/models/r1"},
            "CheckpointConfig": {"S3Uri": "s3://art/checkpoints"},
        },
    }
    look = "(ML/'processing/output/out/seen').write_text(str(os.listdir(ML/'processing/input/model')))"
    reading = processing("Read", bench.script("read", look), output="s3://lake/seen")
    model = {
        "S3Uri": {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"},
        "LocalPath": "/opt/ml/processing/input/model",
    }
    reading["Arguments"]["ProcessingInputs"] = [{"InputName": "model", "S3Input": model}]
    execution = bench.run([reading, step])
    assert execution.status == "Succeeded", execution.failure
    (train,) = [s for s in bench.journal.steps(execution.id) if s.name == "Train"]
    uri = train.properties["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri.startswith("s3://art/models/r1/")
    with tarfile.open(fileobj=io.BytesIO(bench.storage.read(uri))) as tar:
        assert tar.getnames() == ["model.txt"]
        member = tar.extractfile("model.txt")
        assert member is not None
        assert member.read() == b"17xround 5"
    assert bench.storage.read("s3://art/checkpoints/new") == b"round 6"
    assert bench.storage.read("s3://lake/seen/seen") == b"['model.tar.gz']"


def test_a_registered_model_is_announced_and_registered_once_even_after_a_crash(bench: Bench) -> None:
    bench.registry.call("CreateModelPackageGroup", {"ModelPackageGroupName": "g"})
    arguments = {
        "ModelPackageGroupName": "g",
        "ModelApprovalStatus": "Approved",
        "CustomerMetadataProperties": {"model_id": {"Get": "Parameters.ModelId"}},
    }
    step = {"Name": "Register", "Type": "RegisterModel", "Arguments": arguments}
    execution = bench.run([step], [{"Name": "ModelId", "Type": "String"}], ModelId="m1")
    assert execution.status == "Succeeded", execution.failure
    (event,) = [e for e in bench.collector.events if "ModelPackageArn" in e["detail"]]
    assert event["detail"]["CustomerMetadataProperties"] == {"model_id": "m1"}
    assert event["detail"]["ModelApprovalStatus"] == "Approved"

    bench.journal.put_step(Step(execution.id, "Register", "RegisterModel"))
    bench.journal.set_status(execution.id, "Executing", before=("Succeeded",))
    before = bench.registry.call("DescribeModelPackage", {"ModelPackageName": event["detail"]["ModelPackageArn"]})
    bench.open()
    bench.runner.resume()
    assert bench.wait(execution.id).status == "Succeeded"
    listed = bench.registry.call("ListModelPackages", {"ModelPackageGroupName": "g"})["ModelPackageSummaryList"]
    assert len(listed) == 1
    assert listed[0]["CreationTime"] == before["CreationTime"]


def test_after_a_crash_finished_steps_stay_finished_and_the_interrupted_one_runs_again(bench: Bench) -> None:
    count = "with open({!r}, 'a') as f: f.write('{} ')"
    path = str(bench.folder / "ran")
    steps = [
        processing("A", bench.script("a", count.format(path, "A"))),
        processing("B", bench.script("b", count.format(path, "B")), DependsOn=["A"]),
    ]
    execution = bench.journal.add(Execution("e1", "p", "t", json.dumps({"Steps": steps}), {}))
    bench.journal.put_step(Step("e1", "A", "Processing", status="Succeeded", ended=time.time()))
    bench.journal.put_step(Step("e1", "B", "Processing", started=time.time() + 1))
    bench.open()
    bench.runner.resume()
    assert bench.wait(execution.id).status == "Succeeded"
    assert (bench.folder / "ran").read_text() == "B "
    assert [(s.name, s.attempts) for s in bench.journal.steps("e1")] == [("A", 1), ("B", 2)]


def test_a_step_interrupted_too_often_fails_the_execution_visibly(bench: Bench) -> None:
    bench.journal.add(Execution("e1", "p", "t", json.dumps({"Steps": [touch(bench, "A")]}), {}))
    bench.journal.put_step(Step("e1", "A", "Processing", attempts=MAX_ATTEMPTS))
    bench.open()
    bench.runner.resume()
    assert f"interrupted {MAX_ATTEMPTS} times" in str(bench.wait("e1").failure)
    assert bench.statuses() == ["Failed"]


def test_a_stopped_execution_ends_its_job_and_says_stopped(bench: Bench) -> None:
    ready = bench.folder / "ready"
    body = f"pathlib.Path({str(ready)!r}).touch(); import time; time.sleep(600)"
    steps = [processing("Endless", bench.script("endless", body))]
    execution = bench.journal.add(Execution("e1", "p", "t", json.dumps({"Steps": steps}), {}))
    bench.runner.begin(execution)
    bench.until(ready.exists)
    bench.runner.stop(execution)
    assert bench.wait("e1").status == "Stopped"
    assert bench.statuses() == ["Stopping", "Stopped"]
    assert bench.collector.events[-1]["detail"]["previousPipelineExecutionStatus"] == "Stopping"


def test_an_image_nobody_knows_fails_by_name(bench: Bench) -> None:
    step = processing("Odd", ["python3"])
    step["Arguments"]["AppSpecification"]["ImageUri"] = "somewhere/else:1"
    assert "somewhere/else:1" in str(bench.run([step]).failure)
