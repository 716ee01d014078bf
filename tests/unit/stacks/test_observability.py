import json
import re
from pathlib import Path
from typing import Any

import pytest

from core.contracts import names
from core.contracts.models import Evaluation, LiveAccuracy, Scores
from core.contracts.verdict import Kind
from lambdas.shared import measures
from stacks.application import SHARED
from stacks.config import ENVIRONMENTS, load
from stacks.costs.prices import prices
from tests.unit.stacks.opened import opened
from tests.unit.stacks.synthesis import Template, read, synthesise, templates, text

pytestmark = pytest.mark.xdist_group("synth")
RUNBOOK = Path(__file__).parents[3] / "docs" / "runbook.md"
SCORES = Scores(rows=1, wape=0.1, bias=0.0, coverage=0.8)


@pytest.fixture
def observability() -> Template:
    return templates("dev")["observability"]


def emitted() -> set[str]:
    """Names of all measures the functions can emit."""
    shown: dict[str, Any] = {"challenger": SCORES, "model": SCORES, "naive": SCORES, "approved": True}
    evaluation, report = Evaluation.model_construct(**shown), LiveAccuracy.model_construct(**shown)
    found = [*measures.of_evaluation(evaluation), *measures.of_accuracy([report])]
    found += [measures.RETRAIN_FAILED, measures.FORECAST_FAILED]
    found += measures.of_steps(dict.fromkeys(measures.MACHINE_STEPS, 1.0))
    return {each.name for each in found} | {f"Uploads{kind.value.capitalize()}" for kind in Kind} | {"RowsRefused"}


def alarms(template: Template) -> list[dict[str, Any]]:
    return list(template.of_type("AWS::CloudWatch::Alarm").values())


def widgets(template: Template) -> list[dict[str, Any]]:
    _, board = template.one("AWS::CloudWatch::Dashboard", DashboardName="mlops-dev-overview")
    return [widget["properties"] for widget in json.loads(text(board["DashboardBody"]))["widgets"]]


def board(template: Template) -> str:
    """The dashboard's body, readable."""
    return json.dumps(widgets(template)).replace('\\\\\\"', '"').replace('\\"', '"')


def test_every_alarm_tells_the_topic_when_it_starts_and_when_it_ends(observability: Template) -> None:
    topic, _ = observability.one("AWS::SNS::Topic", TopicName="mlops-dev-alarms")
    assert alarms(observability)
    for alarm in alarms(observability):
        assert {"Ref": topic} in alarm["AlarmActions"]
        assert alarm["OKActions"] == [{"Ref": topic}]


def test_cloudwatch_may_publish_to_the_topic_and_use_its_key(observability: Template) -> None:
    topic, properties = observability.one("AWS::SNS::Topic")
    ((key, found),) = [
        each
        for each in observability.of_type("AWS::KMS::Key").items()
        if text(properties["KmsMasterKeyId"]) == f"<{each[0]}.Arn>"
    ]
    assert key
    cloudwatch = {"Service": "cloudwatch.amazonaws.com"}
    (opened,) = [each for each in found["KeyPolicy"]["Statement"] if each["Principal"] == cloudwatch]
    assert set(opened["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    _, policy = observability.one("AWS::SNS::TopicPolicy", Topics=[{"Ref": topic}])
    statements = policy["PolicyDocument"]["Statement"]
    (allowed,) = [each for each in statements if each["Principal"] == cloudwatch]
    assert (allowed["Effect"], allowed["Action"]) == ("Allow", "sns:Publish")
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert any(each["Effect"] == "Deny" for each in statements), "without TLS"


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_every_alarm_links_to_a_chapter_of_the_runbook_that_names_it(environment: str) -> None:
    for alarm in alarms(templates(environment)["observability"]):
        address, anchor = link(alarm)
        assert address == load(environment).alarms.runbook
        name = alarm["AlarmName"].removeprefix(f"mlops-{environment}-").replace("default-live", "<dataset>-live")
        assert f"`{name}`" in chapters()[anchor].split("\n\n")[1], f"its alarms stand below the heading {anchor}"


def test_some_alarm_leads_to_every_chapter_of_the_runbook() -> None:
    used = {link(alarm)[1] for env in ("dev", "prod") for alarm in alarms(templates(env)["observability"])}
    assert used == set(chapters())


def link(alarm: dict[str, Any]) -> tuple[str, str]:
    """Address and anchor that an alarm's text ends with."""
    address, _, anchor = alarm["AlarmDescription"].rsplit(" ", 1)[1].partition("#")
    return address, anchor


def chapters() -> dict[str, str]:
    """Chapters of the runbook by their anchors."""
    _, *found = RUNBOOK.read_text().split("\n## ")
    return {re.sub(r"[^a-z0-9 -]", "", each.partition("\n")[0].lower()).replace(" ", "-"): each for each in found}


def test_where_nothing_runs_nobody_counts_and_that_is_an_alarm(observability: Template) -> None:
    silent = {each["AlarmName"] for each in alarms(observability) if each["TreatMissingData"] != "notBreaching"}
    assert silent == {"mlops-dev-pods-few"}


def test_alarms_watch_every_queue_function_and_pipeline(observability: Template) -> None:
    watched = {
        (alarm["MetricName"], dimension["Value"])
        for alarm in alarms(observability)
        for dimension in alarm.get("Dimensions", [])
        if dimension["Name"] in ("QueueName", "FunctionName", "PipelineName")
    }
    ml = templates("dev")["ml"]
    queues = [each["QueueName"] for each in ml.of_type("AWS::SQS::Queue").values()]
    for name in queues:
        metric = "ApproximateNumberOfMessagesVisible" if name.endswith("-dlq") else "ApproximateAgeOfOldestMessage"
        assert (metric, name) in watched
    for properties in ml.of_type("AWS::Lambda::Function").values():
        assert ("Errors", properties["FunctionName"]) in watched
    pipelines = {properties["PipelineName"] for properties in ml.of_type("AWS::SageMaker::Pipeline").values()}
    assert {name for metric, name in watched if metric == "ExecutionFailed"} == {
        name for name in pipelines if "-retrain" not in name
    }


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_no_rule_loses_anything_in_silence(environment: str) -> None:
    made = templates(environment)
    watched = {
        (alarm["MetricName"], part["Value"])
        for alarm in alarms(made["observability"])
        for part in alarm.get("Dimensions", ())
    }
    deployed = [each for name, each in made.items() if name != SHARED or load(environment).delivery.here]
    rules = [each for template in deployed for each in template.of_type("AWS::Events::Rule").values()]
    assert len(rules) == (8 if load(environment).delivery.here else 6)
    for rule in rules:
        kept = all("DeadLetterConfig" in target for target in rule["Targets"])
        assert kept or ("FailedInvocations", rule["Name"]) in watched, rule["Name"]


def test_people_are_told_which_stage_of_a_delivery_failed_and_what_to_do(observability: Template) -> None:
    _, rule = observability.one("AWS::Events::Rule", Name="mlops-dev-delivery-failed")
    _, pipeline = templates("dev")["delivery"].one("AWS::CodePipeline::Pipeline")
    assert rule["EventPattern"] == {
        "source": ["aws.codepipeline"],
        "detail-type": ["CodePipeline Stage Execution State Change"],
        "detail": {"pipeline": [pipeline["Name"]], "state": ["FAILED"]},
    }
    (target,) = rule["Targets"]
    said = target["InputTransformer"]
    assert set(said["InputPathsMap"].values()) == {"$.detail.stage", "$.detail.pipeline", "$.detail.execution-id"}
    address, _, anchor = said["InputTemplate"].strip('"').rsplit(" ", 1)[1].partition("#")
    assert address == load("dev").alarms.runbook
    assert anchor in chapters()
    assert not templates("prod")["observability"].of_type("AWS::Events::Rule"), "production has no pipeline of its own"


def test_a_failed_retrain_run_is_an_alarm_once_it_goes_on_in_no_other_pipeline(observability: Template) -> None:
    (alarm,) = [each for each in alarms(observability) if "-retrain" in each["AlarmName"]]
    assert (alarm["MetricName"], alarm["Dimensions"]) == (
        measures.RETRAIN_FAILED.name,
        [{"Name": "Environment", "Value": "dev"}],
    )
    assert alarm["MetricName"] in measures.OF_ALL_DATASETS
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", measures.RETRAIN_FAILED.value)


def test_accuracy_is_watched_under_the_dimensions_the_functions_write(observability: Template) -> None:
    of_service = set(names.REQUEST_METRICS.values())
    ours = [
        alarm
        for alarm in alarms(observability)
        if alarm["Namespace"] == names.METRIC_NAMESPACE
        and alarm["MetricName"] not in of_service | measures.OF_ALL_DATASETS
    ]
    assert {alarm["MetricName"] for alarm in ours} == {"LiveWape", "LiveBias", "LiveCoverage"} <= emitted()
    for alarm in ours:
        dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
        assert dimensions == {"Environment": "dev", "Dataset": "default"}


def test_only_the_accuracy_of_forecasts_asks_for_a_rollback(observability: Template) -> None:
    rollback = "arn:aws:sns:ap-southeast-1:<AWS::AccountId>:mlops-dev-rollback"
    asking = {
        alarm["AlarmName"]
        for alarm in alarms(observability)
        if rollback in [text(action) for action in alarm["AlarmActions"]]
    }
    assert asking == {"mlops-dev-default-live-wape"}


def test_alarms_are_on_one_metric_each_so_that_every_cloudformation_takes_them(observability: Template) -> None:
    assert not [alarm["AlarmName"] for alarm in alarms(observability) if "Metrics" in alarm]


def test_the_dashboard_shows_only_measures_that_the_functions_emit(observability: Template) -> None:
    searches = [each for each in re.findall(r"SEARCH\([^)]*\)", board(observability)) if names.METRIC_NAMESPACE in each]
    searched = {name for each in searches for name in re.findall(r'MetricName="(\w+)"', each)}
    assert searched
    assert searched <= emitted()


@pytest.mark.parametrize(
    "metric",
    [
        "UploadsAccepted", "UploadsRejected", "RowsRefused", "ExecutionSucceeded", "ExecutionFailed",
        "BacktestWape", "LiveWape", "LiveBias", "LiveCoverage", "Errors", "Duration",
        "ApproximateNumberOfMessagesVisible", "mlops-dev-on-upload-dlq",
        "ApiRequests", "ApiP50", "ApiP95", "ApiP99", "ApiServerErrors", "TargetResponseTime", "HTTPCode_ELB_5XX_Count",
        "service_number_of_running_pods", "cluster_node_count", "EstimatedCharges",
    ],
)  # fmt: skip
def test_the_dashboard_shows(observability: Template, metric: str) -> None:
    assert metric in json.dumps(widgets(observability))


def test_the_dashboard_prices_the_time_that_machines_take(observability: Template) -> None:
    (widget,) = [each for each in widgets(observability) if each.get("title", "").startswith("Cost of that in USD")]
    priced = {metric["label"]: metric["expression"] for (metric,) in widget["metrics"]}
    assert set(priced) == {"Ingest, 1 x ml.m5.large", "Train, 1 x ml.m5.xlarge", "Evaluate, 1 x ml.m5.large"}
    train = priced["Train, 1 x ml.m5.xlarge"]
    assert 'MetricName="TrainSeconds" Environment="dev"' in train
    hour = prices().machine(load("dev").training.instance_type)
    assert train.startswith("SUM(SEARCH(")
    assert train.endswith(f" * {hour} / 3600")


def test_the_dashboard_shows_how_far_live_accuracy_has_drifted_from_the_backtest(observability: Template) -> None:
    (widget,) = [each for each in widgets(observability) if each.get("title", "").startswith("Drift")]
    ((metric,),) = widget["metrics"]
    live, _, backtest = metric["expression"].partition(" - ")
    assert 'MetricName="LiveWape" Environment="dev"' in live
    assert backtest.startswith("FILL(AVG(SEARCH(")
    assert 'MetricName="BacktestWape" Environment="dev"' in backtest
    assert backtest.endswith(", REPEAT)"), "a backtest counts until the next training"


def test_the_service_is_watched_by_the_metrics_its_own_log_lines_become(observability: Template) -> None:
    filters = templates("dev")["cluster"].of_type("AWS::Logs::MetricFilter").values()
    made = {}
    for each in filters:
        (transformation,) = each["MetricTransformations"]
        made[transformation["MetricName"]] = each
        assert f'$.log_processed.message = "{names.REQUESTS_LINE}"' in each["FilterPattern"]
        assert transformation["MetricNamespace"] == names.METRIC_NAMESPACE
        assert [part["Key"] for part in transformation["Dimensions"]] == ["Environment"]
    assert set(made) == set(names.REQUEST_METRICS.values())
    watched = {alarm["MetricName"] for alarm in alarms(observability)}
    assert {"ApiServerErrors", "ApiP99", "service_number_of_running_pods", "cluster_failed_node_count"} <= watched


def test_the_trail_sees_all_regions_validates_its_files_and_watches_the_raw_bucket(observability: Template) -> None:
    _, trail = observability.one("AWS::CloudTrail::Trail", TrailName="mlops-dev-trail")
    assert trail["IsMultiRegionTrail"]
    assert trail["EnableLogFileValidation"]
    assert trail["IsLogging"]
    assert trail["CloudWatchLogsLogGroupArn"]
    assert "EventSelectors" not in trail, "CloudTrail takes the one kind or the other"
    found = selectors(trail)
    assert found["Management events"] == {"eventCategory": ["Management"]}
    objects = {"eventCategory": ["Data"], "resources.type": ["AWS::S3::Object"]}
    assert found["Raw objects"] == objects | {"resources.ARN": ["arn:aws:s3:::mlops-dev-raw-<AWS::AccountId>/"]}


def test_the_trail_sees_who_moves_a_champion_or_removes_artifacts_and_not_the_pods_that_look(
    observability: Template,
) -> None:
    _, trail = observability.one("AWS::CloudTrail::Trail")
    objects = {"eventCategory": ["Data"], "resources.type": ["AWS::S3::Object"]}
    artifacts = "arn:aws:s3:::mlops-dev-artifacts-<AWS::AccountId>/"
    found = selectors(trail)
    assert found["Champions moved"] == objects | {"readOnly": ["false"], "resources.ARN": [f"{artifacts}champions/"]}
    assert found["Artifacts removed"] == objects | {"eventName": ["DeleteObjects"], "resources.ARN": [artifacts]}


def test_an_account_s_own_events_are_in_one_trail_of_it_and_so_are_their_alarms() -> None:
    without = opened()["observability"]
    _, trail = without.one("AWS::CloudTrail::Trail")
    assert set(selectors(trail)) == {"Raw objects", "Champions moved", "Artifacts removed"}
    named = {each["AlarmName"] for each in alarms(without) if "-trail-" in each["AlarmName"]}
    assert named == {"mlops-dev-trail-champion-moved-by-hand"}


def selectors(trail: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Name -> field -> what it equals or begins with."""
    return {
        each["Name"]: {
            field["Field"]: [text(value) for value in field.get("Equals") or field["StartsWith"]]
            for field in each["FieldSelectors"]
        }
        for each in trail["AdvancedEventSelectors"]
    }


def test_the_trail_and_nothing_else_may_write_to_its_bucket_and_use_its_key(observability: Template) -> None:
    _, trail = observability.one("AWS::CloudTrail::Trail")
    key = observability.resources[text(trail["KMSKeyId"]).strip("<>").removesuffix(".Arn")]["Properties"]
    of_trail = [each for each in key["KeyPolicy"]["Statement"] if each.get("Sid", "").startswith("Trail")]
    assert [each["Action"] for each in of_trail] == ["kms:GenerateDataKey*", "kms:DescribeKey"]
    for each in of_trail:
        assert text(each["Condition"]["StringEquals"]["aws:SourceArn"]).endswith(":trail/mlops-dev-trail")
    name, bucket = observability.one("AWS::S3::Bucket")
    assert trail["S3BucketName"] == {"Ref": name}
    policy_id, policy = observability.one("AWS::S3::BucketPolicy")
    written = {each["Sid"]: each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"}
    assert {each["Action"] for each in written.values()} == {"s3:GetBucketAcl", "s3:PutObject"}
    for each in written.values():
        assert text(each["Condition"]["StringEquals"]["aws:SourceArn"]).endswith(":trail/mlops-dev-trail")
    assert text(written["TrailWrites"]["Resource"]) == f"<{name}.Arn>/AWSLogs/<AWS::AccountId>/*"
    trail_id, _ = observability.one("AWS::CloudTrail::Trail")
    assert policy_id in observability.resources[trail_id]["DependsOn"], "CloudTrail looks whether it may write"
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert text(bucket["LoggingConfiguration"]["DestinationBucketName"]) == "mlops-dev-logs-<AWS::AccountId>"


def test_what_nobody_should_do_is_counted_in_the_trails_log_and_raises_an_alarm(observability: Template) -> None:
    filters = observability.of_type("AWS::Logs::MetricFilter").values()
    counted = {part["MetricName"] for each in filters for part in each["MetricTransformations"]}
    assert counted == {"ChampionMovedByHand", "KeyInDanger", "AccessDenied"}
    assert counted <= {alarm["MetricName"] for alarm in alarms(observability)}
    (moved,) = [each["FilterPattern"] for each in filters if "champions/" in each["FilterPattern"]]
    _, promote = templates("dev")["ml"].one("AWS::Lambda::Function", FunctionName="mlops-dev-promote")
    assert f'$.userIdentity.principalId != "*:{promote["FunctionName"]}"' in moved, "its own moves are no alarm"


def test_a_pointer_that_is_brought_back_by_a_copy_is_moved_by_hand_too(observability: Template) -> None:
    filters = observability.of_type("AWS::Logs::MetricFilter").values()
    (moved,) = [each["FilterPattern"] for each in filters if "champions/" in each["FilterPattern"]]
    seen = set(re.findall(r'\$\.eventName = "(\w+)"', moved.partition("champions/")[0]))
    assert seen == {"PutObject", "CopyObject", "CompleteMultipartUpload", "DeleteObject"}


def test_artifacts_removed_many_at_once_are_told_of_though_no_key_is_unless_a_step_of_ours_did_it(
    observability: Template,
) -> None:
    filters = observability.of_type("AWS::Logs::MetricFilter").values()
    (moved,) = [each["FilterPattern"] for each in filters if "champions/" in each["FilterPattern"]]
    issuer = "$.userIdentity.sessionContext.sessionIssuer.userName"
    assert f'($.eventName = "DeleteObjects") && (({issuer} NOT EXISTS) || ({issuer} != "mlops-dev-ml-*"))' in moved
    for role in templates("dev")["ml"].of_type("AWS::IAM::Role").values():
        assert "RoleName" not in role, "CloudFormation names it, beginning with the stack's name"


@pytest.mark.parametrize(("environment", "usd"), [("dev", "200"), ("prod", "800")])
def test_a_budget_and_unusual_days_are_told_to_the_topic(environment: str, usd: str) -> None:
    template = templates(environment)["observability"]
    topic, _ = template.one("AWS::SNS::Topic")
    _, budget = template.one("AWS::Budgets::Budget")
    assert str(budget["Budget"]["BudgetLimit"]["Amount"]) == usd
    tags = [each["Tags"] for each in budget["Budget"]["FilterExpression"]["And"]]
    assert [(each["Key"], each["Values"]) for each in tags] == [
        ("Project", ["MLOpsRetailForecast"]),
        ("Environment", [environment]),
    ]
    told = [part for each in budget["NotificationsWithSubscribers"] for part in each["Subscribers"]]
    _, unusual = template.one("AWS::CE::AnomalySubscription")
    assert all(each["Address"] == {"Ref": topic} for each in [*told, *unusual["Subscribers"]])
    _, policy = template.one("AWS::SNS::TopicPolicy")
    allowed = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    services = {each["Principal"]["Service"] for each in allowed}
    assert services == {"cloudwatch.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com"}
    assert all("aws:SourceAccount" in each["Condition"]["StringEquals"] for each in allowed)


def test_a_named_monitor_takes_the_place_of_one_of_the_tag(tmp_path: Path) -> None:
    arn = "arn:aws:ce::123456789012:anomalymonitor/0a1b2c3d-0000-4000-8000-000000000000"
    said = (ENVIRONMENTS / "prod.toml").read_text().replace("[spending]", f'[spending]\nanomaly_monitor = "{arn}"')
    (tmp_path / "prod.toml").write_text(said)
    found = read(synthesise(load("prod", tmp_path), tmp_path / "out", ("observability",)), "prod")["observability"]
    assert not found.of_type("AWS::CE::AnomalyMonitor"), "a member of an organisation may have none"
    _, unusual = found.one("AWS::CE::AnomalySubscription")
    assert unusual["MonitorArnList"] == [arn]
