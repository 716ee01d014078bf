import copy
import json
import subprocess
import sys
from dataclasses import replace

import pytest

from core.contracts import keys
from tests.unit.pipeline.worlds import IN_A_NETWORK, PARAMETERS, PROPERTIES, WORLD, Json, named, resolve
from training import registration
from training.pipeline import forecast, maintain, retrain
from training.pipeline.values import s3, text
from training.settings import EVERY_DATASET, StepSettings

RETRAIN = named(retrain(WORLD))
FORECAST = named(forecast(WORLD))
MAINTAIN = named(maintain(WORLD))
DATASET, RUN, MODEL = (PARAMETERS[name] for name in ("Dataset", "RunId", "ModelId"))
PROCESSING = [
    *(RETRAIN[name] for name in ("Ingest", "Evaluate")),
    *(FORECAST[name] for name in ("Prepare", "Publish")),
    MAINTAIN["Maintain"],
]
STEPS = [*RETRAIN.values(), *FORECAST.values(), *MAINTAIN.values()]


@pytest.mark.parametrize(
    "definition", [retrain(WORLD), forecast(WORLD), maintain(WORLD)], ids=["retrain", "forecast", "maintain"]
)
def test_a_definition_has_the_documented_form(definition: Json) -> None:
    assert definition["Version"] == "2020-12-01"
    assert definition["PipelineExperimentConfig"] == {
        "ExperimentName": {"Get": "Execution.PipelineName"},
        "TrialName": {"Get": "Execution.PipelineExecutionId"},
    }
    assert all({"Name", "Type"} <= set(parameter) for parameter in definition["Parameters"])
    assert json.loads(json.dumps(definition)) == definition


def test_the_pipelines_take_the_parameters_that_the_functions_give() -> None:
    *needed, tuning = retrain(WORLD)["Parameters"]
    assert [each["Name"] for each in needed] == ["Dataset", "RunId"]
    assert tuning == {"Name": "TuneMinutes", "Type": "String", "DefaultValue": "0"}, "who tunes says so"
    assert [each["Name"] for each in forecast(WORLD)["Parameters"]] == ["Dataset", "RunId", "ModelId", "ModelDataUrl"]
    assert maintain(WORLD)["Parameters"] == [], "a schedule starts it, and has nothing to say"


def test_retrain_is_ingest_then_train_evaluate_and_register_when_due() -> None:
    steps = retrain(WORLD)["Steps"]
    assert [step["Name"] for step in steps] == ["Ingest", "Due"]
    due = steps[1]["Arguments"]
    assert [step["Name"] for step in due["IfSteps"]] == ["Train", "Evaluate", "Gate"]
    assert due["ElseSteps"] == []
    gate = due["IfSteps"][2]["Arguments"]
    assert [step["Name"] for step in gate["IfSteps"]] == ["RegisterApproved"]
    assert [step["Name"] for step in gate["ElseSteps"]] == ["RegisterRejected"]


@pytest.mark.parametrize(
    ("condition", "step", "file", "output", "path"),
    [
        ("Due", "Ingest", "Decision", "decision", "due"),
        ("Gate", "Evaluate", "Evaluation", "evaluation", "approved"),
    ],
)
def test_a_condition_looks_into_a_file_that_its_step_declares(
    condition: str, step: str, file: str, output: str, path: str
) -> None:
    (compared,) = RETRAIN[condition]["Arguments"]["Conditions"]
    assert compared == {
        "Type": "Equals",
        "LeftValue": {"Std:JsonGet": {"PropertyFile": {"Get": f"Steps.{step}.PropertyFiles.{file}"}, "Path": path}},
        "RightValue": True,
    }
    assert RETRAIN[step]["PropertyFiles"] == [
        {"PropertyFileName": file, "OutputName": output, "FilePath": f"{output}.json"}
    ]
    outputs = RETRAIN[step]["Arguments"]["ProcessingOutputConfig"]["Outputs"]
    assert [each["OutputName"] for each in outputs] == [output]


def test_outputs_go_where_the_contracts_say() -> None:
    def output(steps: dict[str, Json], name: str) -> str:
        (only,) = steps[name]["Arguments"]["ProcessingOutputConfig"]["Outputs"]
        return str(resolve(only["S3Output"]["S3Uri"]))

    assert output(RETRAIN, "Ingest") == f"s3://lake/{keys.run(DATASET, RUN, 'ingest')}"
    assert output(RETRAIN, "Evaluate") == f"s3://lake/{keys.run(DATASET, RUN, 'evaluation')}"
    assert output(FORECAST, "Prepare") == f"s3://lake/{keys.forecasts(DATASET, MODEL, f'{RUN}/requests')}"
    train = RETRAIN["Train"]["Arguments"]
    assert resolve(train["OutputDataConfig"]["S3OutputPath"]) == f"s3://artifacts/{keys.models(DATASET, RUN)}"
    assert resolve(train["CheckpointConfig"]["S3Uri"]) == f"s3://artifacts/checkpoints/{DATASET}/{RUN}"
    answers = FORECAST["Transform"]["Arguments"]["TransformOutput"]["S3OutputPath"]
    assert resolve(answers) == f"s3://lake/{keys.forecasts(DATASET, MODEL, f'{RUN}/answers')}"


@pytest.mark.parametrize("step", [*PROCESSING, RETRAIN["Train"]], ids=lambda step: str(step["Name"]))
def test_a_step_gets_the_environment_its_settings_ask_for(step: Json) -> None:
    environment = resolve(step["Arguments"]["Environment"])
    assert environment.pop("AWS_DEFAULT_REGION") == WORLD.region, "the SDK's own; a job may not be told it otherwise"
    settings = StepSettings.model_validate(environment)
    assert set(environment) <= set(StepSettings.model_fields)
    if step["Name"] == "Maintain":
        assert (EVERY_DATASET, PROPERTIES["Execution.PipelineExecutionId"]) == (settings.DATASET, settings.RUN_ID)
        return
    in_forecast = step["Name"] in ("Prepare", "Publish")
    assert settings.model_id == (MODEL if in_forecast else f"{DATASET}-{RUN}")


@pytest.mark.parametrize("step", PROCESSING, ids=lambda step: str(step["Name"]))
def test_a_processing_step_runs_the_step_of_its_name(step: Json) -> None:
    command = step["Arguments"]["AppSpecification"]["ContainerEntrypoint"]
    assert command == ["python3", "-m", "training", "step", step["Name"].lower()]


def test_train_runs_the_step_of_its_name() -> None:
    command = RETRAIN["Train"]["Arguments"]["AlgorithmSpecification"]["ContainerEntrypoint"]
    assert command == ["python3", "-m", "training", "step", "train"]


@pytest.mark.parametrize("status", ["Approved", "Rejected"])
def test_a_package_carries_its_ruling_and_where_it_came_from(status: str) -> None:
    given = copy.deepcopy(RETRAIN[f"Register{status}"]["Arguments"])
    file = {"Get": "Steps.Evaluate.PropertyFiles.Evaluation"}
    told = {name: given["CustomerMetadataProperties"].pop(name) for name in registration.PROPERTIES}
    assert told == {
        name: {"Std:JsonGet": {"PropertyFile": file, "Path": f"package.{name}"}} for name in registration.PROPERTIES
    }
    arguments = resolve(given)
    assert arguments["ModelApprovalStatus"] == status
    assert arguments["ModelPackageGroupName"] == WORLD.model_package_group
    assert arguments["CustomerMetadataProperties"] == {
        "dataset": DATASET,
        "run_id": RUN,
        "model_id": f"{DATASET}-{RUN}",
    }
    statistics = arguments["ModelMetrics"]["ModelQuality"]["Statistics"]
    assert statistics["S3Uri"] == f"s3://lake/{keys.run(DATASET, RUN, 'evaluation/evaluation.json')}"


def test_a_request_of_the_batch_forecast_is_one_whole_file() -> None:
    arguments = FORECAST["Transform"]["Arguments"]
    assert arguments["TransformInput"]["SplitType"] == "None"
    assert arguments["BatchStrategy"] == "SingleRecord"
    assert arguments["MaxConcurrentTransforms"] * arguments["MaxPayloadInMB"] <= 100
    assert FORECAST["Publish"]["DependsOn"] == ["Transform"]


def test_the_model_hears_of_no_bucket_so_that_it_answers_from_its_bundle() -> None:
    environment = FORECAST["Model"]["Arguments"]["PrimaryContainer"]["Environment"]
    assert environment == {"ENVIRONMENT": "dev"}


def test_spot_waits_at_least_as_long_as_it_runs_and_has_checkpoints() -> None:
    arguments = RETRAIN["Train"]["Arguments"]
    assert arguments["EnableManagedSpotTraining"]
    stopping = arguments["StoppingCondition"]
    assert stopping["MaxWaitTimeInSeconds"] >= stopping["MaxRuntimeInSeconds"]
    on_demand = named(retrain(IN_A_NETWORK))["Train"]["Arguments"]
    assert not on_demand["EnableManagedSpotTraining"]
    assert "MaxWaitTimeInSeconds" not in on_demand["StoppingCondition"]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: str(step["Name"]))
def test_jobs_retry_capacity_and_throttling_within_bounds_but_never_a_quota(step: Json) -> None:
    if step["Type"] == "Condition":
        assert "RetryPolicies" not in step
        return
    policies = step["RetryPolicies"]
    retried = {kind for policy in policies for kind in policy["ExceptionType"]}
    assert {"Step.SERVICE_FAULT", "Step.THROTTLING"} <= retried
    assert ("SageMaker.CAPACITY_ERROR" in retried) == (step["Type"] in ("Processing", "Training", "Transform"))
    assert "SageMaker.RESOURCE_LIMIT" not in retried
    assert all(1 <= policy["MaxAttempts"] <= 20 and "ExpireAfterMin" not in policy for policy in policies)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: str(step["Name"]))
def test_no_step_answers_from_a_cache(step: Json) -> None:
    assert step.get("CacheConfig", {"Enabled": False}) == {"Enabled": False}
    if step["Type"] in ("Processing", "Training", "Transform"):
        assert "CacheConfig" in step


def test_text_without_a_placeholder_stays_text() -> None:
    assert text("plain") == "plain"
    assert text("{Dataset}") == {"Get": "Parameters.Dataset"}
    assert s3("lake", "runs/{Dataset}/x") == {
        "Std:Join": {"On": "", "Values": ["s3://lake/runs/", {"Get": "Parameters.Dataset"}, "/x"]}
    }


def test_cdk_tokens_are_no_placeholders() -> None:
    token = "${Token[AWS.AccountId.0]}"
    assert text(f"s3://lake-{token}/x") == f"s3://lake-{token}/x"


def test_the_builder_needs_none_of_the_image_s_libraries() -> None:
    code = (
        "import sys, training.pipeline;"
        "print([m for m in ('polars', 'xgboost', 'deltalake', 'boto3', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_environments_number_of_hosts_reaches_the_training_job() -> None:
    world = replace(WORLD, training=replace(WORLD.training, count=3))
    due = retrain(world)["Steps"][1]["Arguments"]["IfSteps"]
    assert due[0]["Arguments"]["ResourceConfig"]["InstanceCount"] == 3
    assert due[1]["Arguments"]["ProcessingResources"]["ClusterConfig"]["InstanceCount"] == 1
