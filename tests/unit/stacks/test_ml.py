"""Follows each event from its source to the function that acts on it, and what that function may reach."""

import json
from typing import Any

import pytest

from core.contracts import names
from lambdas.on_pipeline_change.settings import Settings as OnPipelineChange
from lambdas.on_upload.settings import Settings as OnUpload
from lambdas.promote.settings import Settings as Promote
from lambdas.shared.environment import FunctionSettings
from stacks.config import load
from tests.unit.pipeline.worlds import steps_of
from tests.unit.stacks.synthesis import Json, Template, definition, templates, text

pytestmark = pytest.mark.xdist_group("synth")
LADDER = ["retrain", "retrain-2", "retrain-3"]
"""Pipelines of a training, in the order they are tried."""
ML = "arn:aws:{}:ap-southeast-1:<AWS::AccountId>:{}"
FUNCTIONS: dict[str, type[FunctionSettings]] = {
    "on-upload": OnUpload,
    "promote": Promote,
    "on-pipeline-change": OnPipelineChange,
}
RULES = {
    "upload": "on-upload",
    "sweep-uploads": "on-upload",
    "model-approved": "promote",
    "pipeline-ended": "on-pipeline-change",
    "sweep-runs": "on-pipeline-change",
}


@pytest.fixture
def ml() -> Template:
    return templates("dev")["ml"]


def queue(ml: Template, name: str) -> tuple[str, Json]:
    return ml.one("AWS::SQS::Queue", QueueName=f"mlops-dev-{name}")


def function(ml: Template, name: str) -> tuple[str, Json]:
    return ml.one("AWS::Lambda::Function", FunctionName=f"mlops-dev-{name}")


def role(ml: Template, name: str) -> str:
    _, properties = function(ml, name)
    return str(properties["Role"]["Fn::GetAtt"][0])


def policy(ml: Template, queue_id: str) -> list[Json]:
    (found,) = [each for each in ml.of_type("AWS::SQS::QueuePolicy").values() if each["Queues"] == [{"Ref": queue_id}]]
    return list(found["PolicyDocument"]["Statement"])


def key_statements(ml: Template, service: str) -> list[Json]:
    _, key = ml.one("AWS::KMS::Key")
    return [each for each in key["KeyPolicy"]["Statement"] if each["Principal"].get("Service") == service]


@pytest.mark.parametrize(("rule", "name"), RULES.items())
def test_a_rule_can_write_to_the_queue_of_its_function(ml: Template, rule: str, name: str) -> None:
    _, found = ml.one("AWS::Events::Rule", Name=f"mlops-dev-{rule}")
    queue_id, properties = queue(ml, name)
    assert [text(target["Arn"]) for target in found["Targets"]] == [f"<{queue_id}.Arn>"]
    assert found["State"] == "ENABLED"
    (allowed,) = [each for each in policy(ml, queue_id) if each["Principal"] == {"Service": "events.amazonaws.com"}]
    assert "sqs:SendMessage" in allowed["Action"]
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    (opened,) = [each for each in key_statements(ml, "events.amazonaws.com") if each.get("Sid") == "RulesSend"]
    assert "Condition" not in opened, "its calls may not say for whom they are"
    assert {"kms:Decrypt", "kms:GenerateDataKey*"} <= set(opened["Action"])
    assert text(properties["KmsMasterKeyId"]) == f"<{ml.one('AWS::KMS::Key')[0]}.Arn>"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_reads_its_queue_in_batches_that_may_fail_in_parts(ml: Template, name: str) -> None:
    queue_id, properties = queue(ml, name)
    function_id, found = function(ml, name)
    _, mapping = ml.one("AWS::Lambda::EventSourceMapping", FunctionName={"Ref": function_id})
    assert text(mapping["EventSourceArn"]) == f"<{queue_id}.Arn>"
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2
    assert properties["VisibilityTimeout"] > found["Timeout"]
    assert ml.may(role(ml, name), "sqs:ReceiveMessage", f"<{queue_id}.Arn>")
    assert ml.may(role(ml, name), "sqs:DeleteMessage", f"<{queue_id}.Arn>")
    assert ml.may(role(ml, name), "kms:Decrypt", f"<{ml.one('AWS::KMS::Key')[0]}.Arn>")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_fails_on_is_kept_in_dead_letters(ml: Template, name: str) -> None:
    _, properties = queue(ml, name)
    dead_id, dead = queue(ml, f"{name}-dlq")
    assert text(properties["RedrivePolicy"]["deadLetterTargetArn"]) == f"<{dead_id}.Arn>"
    assert dead["MessageRetentionPeriod"] == 14 * 86400
    assert dead["KmsMasterKeyId"] == properties["KmsMasterKeyId"]


@pytest.mark.parametrize(("name", "settings"), FUNCTIONS.items())
def test_a_function_gets_exactly_the_environment_its_settings_ask_for(
    ml: Template, name: str, settings: type[FunctionSettings]
) -> None:
    _, found = function(ml, name)
    variables = {key: text(value) for key, value in found["Environment"]["Variables"].items()}
    ours = {key for key in variables if not key.startswith("POWERTOOLS_")}
    assert ours == set(settings.variables())
    assert settings.from_env(variables).environment == "dev"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_logs_to_a_group_of_its_own_that_the_key_lets_in(ml: Template, name: str) -> None:
    group_id, group = ml.one("AWS::Logs::LogGroup", LogGroupName=f"/aws/lambda/mlops-dev-{name}")
    _, found = function(ml, name)
    assert found["LoggingConfig"]["LogGroup"] == {"Ref": group_id}
    assert group["RetentionInDays"] == load("dev").functions.log_retention_days
    assert ml.may(role(ml, name), "logs:PutLogEvents", f"<{group_id}.Arn>")
    (opened,) = key_statements(ml, "logs.ap-southeast-1.amazonaws.com")
    groups = [text(each) for each in opened["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]]
    assert ML.format("logs", f"log-group:/aws/lambda/mlops-dev-{name}") in groups


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_traced_and_gets_its_libraries_from_the_public_layer(ml: Template, name: str) -> None:
    _, found = function(ml, name)
    assert found["TracingConfig"] == {"Mode": "Active"}
    (layer,) = found["Layers"]
    python = load("dev").functions.python.replace(".", "")
    assert f":017000801446:layer:AWSLambdaPowertoolsPythonV3-python{python}-arm64:" in text(layer)
    assert found["Runtime"] == f"python{load('dev').functions.python}"
    assert found["Handler"] == f"lambdas.{name.replace('-', '_')}.handler.handler"


def test_production_reserves_concurrency_and_development_leaves_a_new_account_s_pool_alone() -> None:
    def reserved(environment: str) -> list[int | None]:
        found = templates(environment)["ml"].of_type("AWS::Lambda::Function").values()
        return [each.get("ReservedConcurrentExecutions") for each in found]

    assert reserved("dev") == [None, None, None]
    assert all(reserved("prod"))


def test_uploads_are_heard_of_but_nothing_we_write_ourselves(ml: Template) -> None:
    _, found = ml.one("AWS::Events::Rule", Name="mlops-dev-upload")
    pattern = found["EventPattern"]
    assert pattern["source"] == ["aws.s3"]
    assert set(pattern["detail-type"]) == {"Object Created", "Object Deleted"}
    (bucket,) = pattern["detail"]["bucket"]["name"]
    assert text(bucket) == names.bucket("dev", "raw", "<AWS::AccountId>")
    assert pattern["detail"]["object"]["key"] == [{"anything-but": {"prefix": ["verdicts/", "quarantine/"]}}]


def test_the_end_of_our_pipelines_is_heard_of(ml: Template) -> None:
    _, found = ml.one("AWS::Events::Rule", Name="mlops-dev-pipeline-ended")
    pattern = found["EventPattern"]
    assert pattern["detail-type"] == ["SageMaker Model Building Pipeline Execution Status Change"]
    assert set(pattern["detail"]["currentPipelineExecutionStatus"]) == {"Succeeded", "Failed", "Stopped"}
    assert [text(each) for each in pattern["detail"]["pipelineArn"]] == [
        ML.format("sagemaker", f"pipeline/mlops-dev-{name}") for name in (*LADDER, "forecast")
    ]


def test_the_approval_of_our_models_is_heard_of(ml: Template) -> None:
    _, found = ml.one("AWS::Events::Rule", Name="mlops-dev-model-approved")
    assert found["EventPattern"] == {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Package State Change"],
        "detail": {"ModelPackageGroupName": ["mlops-dev-demand"], "ModelApprovalStatus": ["Approved"]},
    }


@pytest.mark.parametrize("rule", ["sweep-uploads", "sweep-runs"])
def test_sweeps_heal_what_events_did_not_bring(ml: Template, rule: str) -> None:
    _, found = ml.one("AWS::Events::Rule", Name=f"mlops-dev-{rule}")
    assert found["ScheduleExpression"] == "rate(1 hour)"
    assert [json.loads(target["Input"]) for target in found["Targets"]] == [{"action": "sweep"}]


def test_an_accuracy_alarm_reaches_promote(ml: Template) -> None:
    topic_id, topic = ml.one("AWS::SNS::Topic", TopicName="mlops-dev-rollback")
    queue_id, _ = queue(ml, "promote")
    _, subscription = ml.one("AWS::SNS::Subscription", TopicArn={"Ref": topic_id})
    assert (subscription["Protocol"], text(subscription["Endpoint"])) == ("sqs", f"<{queue_id}.Arn>")
    (allowed,) = [each for each in policy(ml, queue_id) if each["Principal"] == {"Service": "sns.amazonaws.com"}]
    assert allowed["Action"] == "sqs:SendMessage"
    assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": topic_id}}}
    for service in ("cloudwatch.amazonaws.com", "sns.amazonaws.com"):
        (opened,) = key_statements(ml, service)
        assert set(opened["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    assert text(topic["KmsMasterKeyId"]) == f"<{ml.one('AWS::KMS::Key')[0]}.Arn>"


def test_where_no_machine_is_free_another_type_is_tried_and_then_one_on_demand(ml: Template) -> None:
    tried = []
    for name in LADDER:
        (due,) = [each for each in definition(ml, f"mlops-dev-{name}")["Steps"] if each["Name"] == "Due"]
        (train,) = [each["Arguments"] for each in due["Arguments"]["IfSteps"] if each["Name"] == "Train"]
        waits = train["StoppingCondition"].get("MaxWaitTimeInSeconds")
        tried.append((train["ResourceConfig"]["InstanceType"], train["EnableManagedSpotTraining"], waits))
    assert tried == [("ml.m5.xlarge", True, 10800), ("ml.m5.2xlarge", True, 10800), ("ml.m5.xlarge", False, None)]
    for name in ("on-upload", "on-pipeline-change"):
        _, found = function(ml, name)
        told = found["Environment"]["Variables"]["RETRAIN_PIPELINES"]
        assert told == ",".join(f"mlops-dev-{each}" for each in LADDER)


@pytest.mark.parametrize(
    ("name", "pipelines"),
    [("on-upload", LADDER), ("promote", ["forecast"]), ("on-pipeline-change", [*LADDER, "forecast"])],
)
def test_a_function_starts_its_pipelines_and_no_other(ml: Template, name: str, pipelines: list[str]) -> None:
    found = [each for each in ml.statements(role(ml, name)) if "sagemaker:StartPipelineExecution" in each["Action"]]
    started = {resource for each in found for resource in each["Resource"]}
    assert started == {ML.format("sagemaker", f"pipeline/mlops-dev-{pipeline}") for pipeline in pipelines}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_told_when_an_object_does_not_exist(ml: Template, name: str) -> None:
    _, found = function(ml, name)
    purposes = [key.removesuffix("_BUCKET").lower() for key in found["Environment"]["Variables"] if "BUCKET" in key]
    for purpose in purposes:
        assert ml.may(role(ml, name), "s3:ListBucket", f"arn:aws:s3:::mlops-dev-{purpose}-<AWS::AccountId>")


def test_nobody_but_promote_may_move_the_pointer(ml: Template) -> None:
    champions = "arn:aws:s3:::mlops-dev-artifacts-<AWS::AccountId>/champions/*"
    writers = {name for name in ml.of_type("AWS::IAM::Role") if ml.may(name, "s3:PutObject", champions)}
    assert writers == {role(ml, "promote")}


def test_no_role_may_do_anything_by_a_wildcard_action(ml: Template) -> None:
    actions = {
        action
        for name in ml.of_type("AWS::IAM::Role")
        for statement in ml.statements(name)
        for action in statement["Action"]
    }
    assert not {action for action in actions if action.endswith("*")} - {"kms:GenerateDataKey*", "kms:ReEncrypt*"}
    assert not any("ManagedPolicyArns" in each for each in ml.of_type("AWS::IAM::Role").values())


def test_sagemaker_takes_on_roles_for_this_account_only(ml: Template) -> None:
    statements = [each["AssumeRolePolicyDocument"]["Statement"] for each in ml.of_type("AWS::IAM::Role").values()]
    of_sagemaker = [one for (one,) in statements if one["Principal"] == {"Service": "sagemaker.amazonaws.com"}]
    assert len(of_sagemaker) == 7
    for statement in of_sagemaker:
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


@pytest.mark.parametrize("pipeline", ["retrain", "forecast", "maintain"])
def test_the_pipelines_role_may_pass_on_every_role_its_steps_use(ml: Template, pipeline: str) -> None:
    _, found = ml.one("AWS::SageMaker::Pipeline", PipelineName=f"mlops-dev-{pipeline}")
    own = found["RoleArn"]["Fn::GetAtt"][0]
    used = {
        step["Arguments"].get("RoleArn") or step["Arguments"].get("ExecutionRoleArn")
        for step in steps_of(definition(ml, f"mlops-dev-{pipeline}")["Steps"])
    } - {None}
    assert used
    assert all(ml.may(own, "iam:PassRole", each) for each in used)


@pytest.mark.parametrize("pipeline", ["retrain", "forecast", "maintain"])
def test_a_step_may_write_where_its_outputs_go(ml: Template, pipeline: str) -> None:
    for step in steps_of(definition(ml, f"mlops-dev-{pipeline}")["Steps"]):
        arguments = step["Arguments"]
        for output in arguments.get("ProcessingOutputConfig", {}).get("Outputs", []):
            assert_may_write(ml, arguments["RoleArn"], output["S3Output"]["S3Uri"])
        if step["Type"] == "Training":
            assert_may_write(ml, arguments["RoleArn"], arguments["OutputDataConfig"]["S3OutputPath"])
            assert_may_write(ml, arguments["RoleArn"], arguments["CheckpointConfig"]["S3Uri"])


def assert_may_write(ml: Template, role_arn: str, address: Any) -> None:
    first = address["Std:Join"]["Values"][0].removeprefix("s3://")
    bucket, folder = first.split("/")[:2]
    assert ml.may(role_arn.strip("<>").removesuffix(".Arn"), "s3:PutObject", f"arn:aws:s3:::{bucket}/{folder}/*")


def test_every_job_role_may_use_the_key_and_pull_the_images(ml: Template) -> None:
    (key,) = [name for name in ml.body["Parameters"] if "datakeyarn" in name]
    for step in ("Ingest", "Train", "Evaluate", "Forecast", "Model", "Maintain"):
        (found,) = [name for name in ml.of_type("AWS::IAM::Role") if name.startswith(f"{step}Role")]
        for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:DescribeKey"):
            assert ml.may(found, action, f"<{key}>")
        for image in ("training", "inference-api"):
            assert ml.may(found, "ecr:BatchGetImage", ML.format("ecr", f"repository/mlops/{image}"))


def test_images_are_named_by_repository_and_build(ml: Template) -> None:
    steps = {step["Name"]: step for step in steps_of(definition(ml, "mlops-dev-retrain")["Steps"])}
    registry = "<AWS::AccountId>.dkr.ecr.ap-southeast-1.<AWS::URLSuffix>"
    images = load("dev").images
    used = steps["Ingest"]["Arguments"]["AppSpecification"]["ImageUri"]
    assert used == f"{registry}/mlops/training:{images.training}"
    (container,) = steps["RegisterApproved"]["Arguments"]["InferenceSpecification"]["Containers"]
    assert container["Image"] == f"{registry}/mlops/inference-api:{images.inference_api}"


def test_the_group_of_models_has_its_name(ml: Template) -> None:
    _, found = ml.one("AWS::SageMaker::ModelPackageGroup")
    assert found["ModelPackageGroupName"] == names.model_package_group("dev")


def test_maintenance_starts_once_a_week_by_a_role_that_may_do_nothing_else(ml: Template) -> None:
    _, rule = ml.one("AWS::Events::Rule", Name="mlops-dev-maintain-weekly")
    assert (rule["State"], rule["ScheduleExpression"].split()[4]) == ("ENABLED", "SAT")
    (target,) = rule["Targets"]
    pipeline = ML.format("sagemaker", "pipeline/mlops-dev-maintain")
    assert text(target["Arn"]) == pipeline
    own = target["RoleArn"]["Fn::GetAtt"][0]
    (only,) = ml.statements(own)
    assert (only["Action"], only["Resource"]) == (["sagemaker:StartPipelineExecution"], [pipeline])
    (trusted,) = ml.of_type("AWS::IAM::Role")[own]["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "events.amazonaws.com"}
    rule_arn = ML.format("events", "rule/mlops-dev-maintain-weekly")
    assert text(trusted["Condition"]["ArnEquals"]["aws:SourceArn"]) == rule_arn


def test_only_steps_that_rewrite_tables_may_delete_in_the_lake(ml: Template) -> None:
    tables = "arn:aws:s3:::mlops-dev-lake-<AWS::AccountId>/tables/*"
    roles = {name for name in ml.of_type("AWS::IAM::Role") if ml.may(name, "s3:DeleteObject", tables)}
    assert {name.removesuffix(name[-8:]) for name in roles} == {"IngestRole", "MaintainRole"}


def jobs(steps: list[Json]) -> list[Json]:
    """Arguments of every job, those behind conditions too."""
    found = []
    for step in steps:
        arguments = step.get("Arguments", {})
        if step["Type"] == "Condition":
            found += jobs([*arguments.get("IfSteps", []), *arguments.get("ElseSteps", [])])
        elif step["Type"] in ("Processing", "Training", "Model"):
            found.append(arguments)
    return found


@pytest.mark.parametrize("pipeline", ["retrain", "forecast", "maintain"])
def test_production_s_jobs_run_in_the_network_stack_s_private_subnets(pipeline: str) -> None:
    found = jobs(definition(templates("prod")["ml"], f"mlops-prod-{pipeline}")["Steps"])
    assert found
    for each in found:
        place = each.get("VpcConfig") or each["NetworkConfig"]["VpcConfig"]
        assert len(place["Subnets"]) == 3
        assert all("networkprivatesubnet" in subnet for subnet in place["Subnets"])
        assert ["networkjobssecuritygroup" in group for group in place["SecurityGroupIds"]] == [True]
