"""Each way an event takes, link by link: a gap anywhere drops it, and nothing says so."""

import re
from collections.abc import Iterator

import pytest

from stacks.config import load
from tests.unit.stacks.synthesis import Json, Template, as_list, templates, text

pytestmark = pytest.mark.xdist_group("synth")
EVENTS, SNS, CLOUDWATCH = (f"{name}.amazonaws.com" for name in ("events", "sns", "cloudwatch"))
ACCOUNT = "<AWS::AccountId>"
"""Rules of this account; CDK's targets name the account, not the rule."""

OF_THEIR_ACCOUNT = {f"{name}.amazonaws.com" for name in ("cloudtrail", "codepipeline", "lambda")}
"""Services that document no condition for the roles they take on: they act for what is in the role's own account."""


@pytest.fixture(params=["dev", "staging", "prod"])
def environment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ml(environment: str) -> Template:
    return templates(environment)["ml"]


def logical(reference: object) -> str:
    """``<Name.Arn>`` -> ``Name``."""
    return text(reference).strip("<>").partition(".")[0]


def key_lets(template: Template, key: str, service: str, *, whoever: bool = False) -> bool:
    """Whether a key's own policy lets a service decrypt and make data keys, or ``whoever`` it acts for."""
    found = template.resources[key]["Properties"]["KeyPolicy"]["Statement"]
    allowed = {
        action
        for each in found
        if each["Principal"].get("Service") == service and each["Effect"] == "Allow"
        if not (whoever and "Condition" in each)
        for action in as_list(each["Action"])
    }
    return {"kms:Decrypt"} <= allowed and any(action.startswith("kms:GenerateDataKey") for action in allowed)


def sends(template: Template, queue: str, service: str, source: str) -> bool:
    """Whether a queue's policy lets a service send on behalf of one source."""
    for policy in template.of_type("AWS::SQS::QueuePolicy").values():
        if {"Ref": queue} in policy["Queues"]:
            for each in policy["PolicyDocument"]["Statement"]:
                named = [text(value) for part in each.get("Condition", {}).values() for value in part.values()]
                if (
                    each["Effect"] == "Allow"
                    and each["Principal"] == {"Service": service}
                    and "sqs:SendMessage" in as_list(each["Action"])
                    and source in named
                ):
                    return True
    return False


def to_queues(template: Template) -> Iterator[tuple[str, Json, str]]:
    """Rules, and the queues they send to."""
    for name, rule in template.of_type("AWS::Events::Rule").items():
        for target in rule["Targets"]:
            if logical(target["Arn"]) in template.of_type("AWS::SQS::Queue"):
                yield name, rule, logical(target["Arn"])


def consumer(template: Template, queue: str) -> str:
    """The one function that reads a queue."""
    (mapping,) = [
        each
        for each in template.of_type("AWS::Lambda::EventSourceMapping").values()
        if logical(each["EventSourceArn"]) == queue
    ]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    return logical(mapping["FunctionName"])


def test_a_rule_may_send_to_its_queue_and_encrypt_by_its_key(ml: Template) -> None:
    found = list(to_queues(ml))
    assert len(found) == 5, "uploads, approvals, ends of pipelines, two sweeps"
    for name, _, queue in found:
        assert sends(ml, queue, EVENTS, ACCOUNT), f"{name} -> {queue}"
        key = logical(ml.resources[queue]["Properties"]["KmsMasterKeyId"])
        assert key_lets(ml, key, EVENTS, whoever=True), "EventBridge's calls to KMS may not say for whom they are"


def test_a_queue_is_read_by_a_function_whose_role_may_receive_delete_and_decrypt(ml: Template) -> None:
    for _, _, queue in to_queues(ml):
        function = ml.resources[consumer(ml, queue)]["Properties"]
        role = logical(function["Role"])
        for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage"):
            assert ml.may(role, action, f"<{queue}.Arn>")
        assert ml.may(role, "kms:Decrypt", text(ml.resources[queue]["Properties"]["KmsMasterKeyId"]))


def test_what_a_function_cannot_handle_ends_in_a_queue_of_its_own_under_the_same_key(ml: Template) -> None:
    for _, _, queue in to_queues(ml):
        found = ml.resources[queue]["Properties"]
        dead = ml.resources[logical(found["RedrivePolicy"]["deadLetterTargetArn"])]["Properties"]
        assert dead["KmsMasterKeyId"] == found["KmsMasterKeyId"]
        function = ml.resources[consumer(ml, queue)]["Properties"]
        assert found["VisibilityTimeout"] > function["Timeout"]


def test_a_message_that_failed_once_is_tried_again_before_it_is_called_late(environment: str, ml: Template) -> None:
    for _, _, queue in to_queues(ml):
        waits = ml.resources[queue]["Properties"]["VisibilityTimeout"]
        assert 2 * waits < 60 * load(environment).alarms.max_queue_minutes


def test_what_a_rule_cannot_deliver_is_kept_where_its_function_s_own_failures_are(ml: Template) -> None:
    for name, rule, queue in to_queues(ml):
        (target,) = rule["Targets"]
        dead = logical(target["DeadLetterConfig"]["Arn"])
        assert dead == logical(ml.resources[queue]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"])
        assert sends(ml, dead, EVENTS, f"<{name}.Arn>"), f"{name} -> {dead}"
        assert key_lets(ml, logical(ml.resources[dead]["Properties"]["KmsMasterKeyId"]), EVENTS, whoever=True)


def test_the_bucket_speaks_to_the_bus_and_the_rule_listens_to_that_bucket(environment: str, ml: Template) -> None:
    (rule,) = [rule for _, rule, _ in to_queues(ml) if rule.get("EventPattern", {}).get("source") == ["aws.s3"]]
    (name,) = [text(each) for each in rule["EventPattern"]["detail"]["bucket"]["name"]]
    (bucket,) = [
        each
        for each in templates(environment)["data"].of_type("AWS::S3::Bucket").values()
        if text(each["BucketName"]) == name
    ]
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def test_every_function_may_use_the_key_of_the_data_it_works_on(ml: Template) -> None:
    for function in ml.of_type("AWS::Lambda::Function").values():
        statements = list(ml.statements(logical(function["Role"])))
        keys = {r for each in statements if "kms:GenerateDataKey" in each["Action"] for r in each["Resource"]}
        assert any("datakeyarn" in each for each in keys)


def test_an_alarm_reaches_people_and_where_it_says_so_the_function_that_rolls_back(environment: str) -> None:
    observability, ml = templates(environment)["observability"], templates(environment)["ml"]
    topics = {**observability.of_type("AWS::SNS::Topic"), **ml.of_type("AWS::SNS::Topic")}
    by_arn = {
        f"arn:aws:sns:ap-southeast-1:<AWS::AccountId>:{found['TopicName']}": found for found in topics.values()
    } | {f"<{name}>": found for name, found in topics.items()}
    for alarm in observability.of_type("AWS::CloudWatch::Alarm").values():
        assert alarm["ActionsEnabled"] is not False if "ActionsEnabled" in alarm else True
        for action in alarm["AlarmActions"]:
            topic = by_arn[text(action)]
            template = ml if topic["TopicName"].endswith("rollback") else observability
            assert key_lets(template, logical(topic["KmsMasterKeyId"]), CLOUDWATCH)


def test_a_failed_delivery_reaches_people_and_what_cannot_be_told_is_kept_and_an_alarm() -> None:
    template = templates("dev")["observability"]
    ((name, rule),) = template.of_type("AWS::Events::Rule").items()
    (target,) = rule["Targets"]
    topic, role = template.resources[logical(target["Arn"])]["Properties"], logical(target["RoleArn"])
    assert template.may(role, "sns:Publish", f"<{logical(target['Arn'])}>")
    for action in ("kms:Decrypt", "kms:GenerateDataKey*"):
        assert template.may(role, action, text(topic["KmsMasterKeyId"]))
    dead = logical(target["DeadLetterConfig"]["Arn"])
    assert sends(template, dead, EVENTS, f"<{name}.Arn>")
    queue = template.resources[dead]["Properties"]
    assert key_lets(template, logical(queue["KmsMasterKeyId"]), EVENTS, whoever=True)
    watched = [
        each for each in template.of_type("AWS::CloudWatch::Alarm").values()
        if {"Name": "QueueName", "Value": queue["QueueName"]} in each.get("Dimensions", ())
    ]  # fmt: skip
    assert [each["MetricName"] for each in watched] == ["ApproximateNumberOfMessagesVisible"]


@pytest.mark.parametrize("stack", ["cluster", "observability"])
def test_what_a_schedule_could_not_do_is_kept_under_our_key_and_an_alarm(stack: str) -> None:
    template, observability = templates("dev")[stack], templates("dev")["observability"]
    found = template.of_type("AWS::Scheduler::Schedule")
    assert len(found) == 2
    for schedule in found.values():
        role, dead = logical(schedule["Target"]["RoleArn"]), logical(schedule["Target"]["DeadLetterConfig"]["Arn"])
        assert template.may(role, "sqs:SendMessage", f"<{dead}.Arn>")
        queue = template.resources[dead]["Properties"]
        key = text(queue["KmsMasterKeyId"])
        assert logical(key) in template.of_type("AWS::KMS::Key")
        for action in ("kms:Decrypt", "kms:GenerateDataKey"):
            assert template.may(role, action, key), "Scheduler sends as the role"
        (watching,) = [
            each for each in observability.of_type("AWS::CloudWatch::Alarm").values()
            if {"Name": "QueueName", "Value": queue["QueueName"]} in each.get("Dimensions", ())
        ]  # fmt: skip
        assert watching["MetricName"] == "ApproximateNumberOfMessagesVisible"
        for action in watching["AlarmActions"]:
            topic = observability.resources[logical(action)]["Properties"]
            assert key_lets(observability, logical(topic["KmsMasterKeyId"]), CLOUDWATCH)


@pytest.mark.parametrize("stack", ["delivery", "ml", "network", "observability"])
def test_a_service_takes_on_a_role_for_this_account_alone(environment: str, stack: str) -> None:
    template = templates(environment)[stack]
    for name, role in template.of_type("AWS::IAM::Role").items():
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            service = statement["Principal"].get("Service")
            if service and service not in OF_THEIR_ACCOUNT:
                condition = statement["Condition"]["StringEquals"]
                assert condition == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}, f"{stack}: {name}"


def test_the_rollback_topic_reaches_promote_by_its_queue(ml: Template) -> None:
    ((_, subscription),) = ml.of_type("AWS::SNS::Subscription").items()
    topic, queue = logical(subscription["TopicArn"]), logical(subscription["Endpoint"])
    assert sends(ml, queue, SNS, f"<{topic}>")
    assert key_lets(ml, logical(ml.resources[queue]["Properties"]["KmsMasterKeyId"]), SNS)
    dead = logical(subscription["RedrivePolicy"]["deadLetterTargetArn"])
    assert dead == logical(ml.resources[queue]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"])
    assert sends(ml, dead, SNS, f"<{topic}>")
    function = ml.resources[consumer(ml, queue)]["Properties"]
    assert function["Handler"] == "lambdas.promote.handler.handler"


def test_the_clock_may_start_the_pipeline_it_is_for(ml: Template) -> None:
    (rule,) = [each for each in ml.of_type("AWS::Events::Rule").values() if each["Targets"][0].get("RoleArn")]
    role = logical(rule["Targets"][0]["RoleArn"])
    assert ml.may(role, "sagemaker:StartPipelineExecution", text(rule["Targets"][0]["Arn"]))


def test_no_key_is_anybody_s(environment: str) -> None:
    """A policy that names everybody holds them to one role of this account; that role is not there in a new one."""
    keys = [(name, key) for name, template in templates(environment).items() for key in _policies(template)]
    assert len(keys) >= 6
    for name, statements in keys:
        for each in statements:
            if each["Principal"] in ("*", {"AWS": "*"}):
                assert each["Sid"].startswith("AutoScaling"), name
                assert each["Condition"]["StringEquals"] == {"kms:CallerAccount": {"Ref": "AWS::AccountId"}}
                assert "*" not in text(each["Condition"]["ArnEquals"]["aws:PrincipalArn"])


def _policies(template: Template) -> list[list[Json]]:
    return [each["KeyPolicy"]["Statement"] for each in template.of_type("AWS::KMS::Key").values()]


def test_every_log_group_is_encrypted_by_a_key_that_lets_logs_in_for_it(environment: str) -> None:
    for stack, template in templates(environment).items():
        for group in template.of_type("AWS::Logs::LogGroup").values():
            policy = template.resources[logical(group["KmsKeyId"])]["Properties"]["KeyPolicy"]["Statement"]
            (logs,) = [each for each in policy if each.get("Sid") == "CloudWatchLogs"]
            patterns = as_list(logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"])
            named = [text(each).rpartition(":log-group:")[2] for each in patterns]
            # CloudFormation completes the names of the CDK's own functions, and begins them with the stack's.
            whole = f"mlops-{environment}-{stack}-completed"
            name = re.sub(r"(?<=/aws/lambda/)<\w+>", whole, text(group["LogGroupName"]))
            assert any(name == each or (each.endswith("*") and name.startswith(each[:-1])) for each in named), name
