"""The delivery stack, and that CodePipeline, Jenkins and the Makefile know the same stages."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from stacks.config import load
from stacks.delivery_steps.cloud import findings, unhealthy
from stacks.delivery_steps.stages import STAGES
from tests.unit.stacks.synthesis import Template, read, synthesise, templates, text

pytestmark = pytest.mark.xdist_group("synth")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def template() -> Template:
    return templates("dev")["delivery"]


def test_repositories_are_scanned_immutable_and_encrypted_by_our_key(template: Template) -> None:
    found = template.of_type("AWS::ECR::Repository")
    assert {each["RepositoryName"] for each in found.values()} == {"mlops/training", "mlops/inference-api"}
    for each in found.values():
        assert each["ImageScanningConfiguration"] == {"ScanOnPush": True}
        assert each["ImageTagMutability"] == "IMMUTABLE"
        assert each["EncryptionConfiguration"]["EncryptionType"] == "KMS"
        held, newest = json.loads(each["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]
        assert held["selection"]["tagPrefixList"] == ["held-"]
        assert held["rulePriority"] < newest["rulePriority"]
        assert [rule["selection"]["countNumber"] for rule in (held, newest)] == [30, 30]
        assert newest["selection"]["tagStatus"] == "any"


def test_the_pipeline_has_the_stages_in_order_and_one_change_at_a_time(template: Template) -> None:
    _, pipeline = template.one("AWS::CodePipeline::Pipeline")
    assert [stage["Name"] for stage in pipeline["Stages"]] == ["source", *(stage.name for stage in STAGES)]
    assert (pipeline["PipelineType"], pipeline["ExecutionMode"]) == ("V2", "QUEUED")
    goals = [
        next(each["value"] for each in yaml.safe_load(variables) if each["name"] == "GOALS")
        for stage in pipeline["Stages"]
        if (variables := stage["Actions"][0].get("Configuration", {}).get("EnvironmentVariables"))
    ]
    assert goals == [" ".join(stage.goals) for stage in STAGES if stage.goals]


def test_docker_and_the_right_to_push_are_the_image_build_s_alone(template: Template) -> None:
    privileged = {
        each["Name"]
        for each in template.of_type("AWS::CodeBuild::Project").values()
        if each["Environment"]["PrivilegedMode"]
    }
    assert privileged == {"mlops-dev-images"}
    pushing = [
        role
        for role in template.of_type("AWS::IAM::Role")
        if any("ecr:PutImage" in statement["Action"] for statement in template.statements(role))
    ]
    assert len(pushing) == 1
    assert pushing[0].startswith("ImagesRole")


@pytest.mark.parametrize(
    ("builder", "kind"), [("docker", "--output type=docker,oci-mediatypes=false"), ("buildah", "--format docker")]
)
def test_images_are_built_as_sagemaker_takes_them(builder: str, kind: str) -> None:
    command = ["make", "--dry-run", "image", f"BUILDER={builder}", "VERSION=1"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (built,) = [line for line in said.splitlines() if "--target $target" in line]
    assert kind in built
    assert "export BUILDX_NO_DEFAULT_ATTESTATIONS := 1" in (ROOT / "Makefile").read_text()


def test_the_pipeline_s_artifacts_go_where_codepipeline_puts_them(template: Template, tmp_path: Path) -> None:
    _, bucket = template.one("AWS::S3::Bucket")
    _, pipeline = template.one("AWS::CodePipeline::Pipeline")
    assert pipeline["ArtifactStore"]["Location"] == {"Ref": template.one("AWS::S3::Bucket")[0]}
    rules = {each.get("Prefix"): each.get("ExpirationInDays") for each in bucket["LifecycleConfiguration"]["Rules"]}
    assert rules == {None: None, "mlops-dev-delivery/": 30}
    said = (ROOT / "environments/staging.toml").read_text().replace("[delivery]", "[delivery]\nhere = true")
    (tmp_path / "staging.toml").write_text(said)
    found = read(synthesise(load("staging", tmp_path), tmp_path / "out", ("delivery",)), "staging")["delivery"]
    _, bucket = found.one("AWS::S3::Bucket")
    assert "mlops-staging-delive/" in [each.get("Prefix") for each in bucket["LifecycleConfiguration"]["Rules"]]


def test_the_training_check_may_ask_a_failed_job_why(template: Template) -> None:
    (train,) = [role for role in template.of_type("AWS::IAM::Role") if role.startswith("TrainRole")]
    job = "arn:aws:sagemaker:ap-southeast-1:<AWS::AccountId>:processing-job/pipelines-*"
    assert template.may(train, "sagemaker:DescribeProcessingJob", job)


def test_a_role_deploys_by_the_bootstrap_s_roles_and_changes_no_other_environment_s_builds(template: Template) -> None:
    (release,) = [role for role in template.of_type("AWS::IAM::Role") if role.startswith("ReleaseRole")]
    writes = [
        resource
        for statement in template.statements(release)
        if "ssm:PutParameter" in statement["Action"]
        for resource in statement["Resource"]
    ]
    assert [resource.rpartition("parameter/")[2] for resource in writes] == ["mlops/prod/delivery/*"]
    assumed = [
        resource
        for statement in template.statements(release)
        if statement["Action"] == ["sts:AssumeRole"]
        for resource in statement["Resource"]
        if "cdk-hnb659fds" in resource
    ]
    assert len(assumed) == 3


def test_every_build_log_ends_and_is_encrypted(template: Template) -> None:
    groups = template.of_type("AWS::Logs::LogGroup")
    names = {each["Name"] for each in template.of_type("AWS::CodeBuild::Project").values()}
    jobs = {f"/aws/sagemaker/{kind}Jobs" for kind in ("Training", "Processing", "Transform")}
    assert {each["LogGroupName"] for each in groups.values()} == {f"/aws/codebuild/{name}" for name in names} | jobs
    assert all(each["RetentionInDays"] == 30 and each["KmsKeyId"] for each in groups.values())
    (key,) = template.of_type("AWS::KMS::Key").values()
    (opened,) = [each for each in key["KeyPolicy"]["Statement"] if each.get("Sid") == "CloudWatchLogs"]
    may = opened["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    assert {text(each).rpartition("log-group:")[2] for each in may} == {
        each["LogGroupName"] for each in groups.values()
    }


def test_an_account_that_has_the_job_s_log_groups_already_keeps_them(tmp_path: Path) -> None:
    said = (ROOT / "environments/dev.toml").read_text().replace("here = true", "here = true\njob_logs = false")
    (tmp_path / "dev.toml").write_text(said)
    found = read(synthesise(load("dev", tmp_path), tmp_path / "out", ("delivery",)), "dev")["delivery"]
    assert not [each for each in found.of_type("AWS::Logs::LogGroup").values() if "sagemaker" in each["LogGroupName"]]


def test_a_github_connection_takes_the_place_of_the_zip(tmp_path: Path) -> None:
    arn = "arn:aws:codeconnections:eu-west-1:123456789012:connection/abc"
    said = (ROOT / "environments/dev.toml").read_text()
    said = said.replace(
        'promotes_to = "prod"', f'github = {{ connection_arn = "{arn}", repository = "shop/forecast" }}'
    )
    (tmp_path / "dev.toml").write_text(said)
    found = read(synthesise(load("dev", tmp_path), tmp_path / "out", ("delivery",)), "dev")["delivery"]
    _, pipeline = found.one("AWS::CodePipeline::Pipeline")
    source = pipeline["Stages"][0]["Actions"][0]["Configuration"]
    assert (source["ConnectionArn"], source["FullRepositoryId"]) == (arn, "shop/forecast")
    assert not found.of_type("AWS::Events::Rule")


def test_approvers_are_told_by_an_encrypted_topic_that_the_approval_may_use(tmp_path: Path) -> None:
    said = (ROOT / "environments/dev.toml").read_text()
    (tmp_path / "dev.toml").write_text(said.replace("here = true", 'here = true\napprovers = ["ann@shop.example"]'))
    found = read(synthesise(load("dev", tmp_path), tmp_path / "out", ("delivery",)), "dev")["delivery"]
    topic, properties = found.one("AWS::SNS::Topic", TopicName="mlops-dev-approvals")
    key, _ = found.one("AWS::KMS::Key")
    assert text(properties["KmsMasterKeyId"]) == f"<{key}.Arn>"
    _, policy = found.one("AWS::SNS::TopicPolicy", Topics=[{"Ref": topic}])
    (denied,) = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Deny"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    _, subscription = found.one("AWS::SNS::Subscription", TopicArn={"Ref": topic})
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ann@shop.example")

    _, pipeline = found.one("AWS::CodePipeline::Pipeline")
    (stage,) = [each for each in pipeline["Stages"] if each["Name"] == "approve"]
    (approve,) = stage["Actions"]
    assert approve["Configuration"]["NotificationArn"] == {"Ref": topic}
    role = text(approve["RoleArn"]).strip("<>").removesuffix(".Arn")
    assert found.may(role, "sns:Publish", f"<{topic}>")
    assert found.may(role, "kms:GenerateDataKey*", f"<{key}.Arn>")


def test_every_goal_is_a_make_target() -> None:
    known = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {goal for stage in STAGES for goal in stage.goals} <= known


def test_a_change_is_held_to_all_that_a_new_machine_checks_before_anything_is_deployed() -> None:
    checks = set(re.findall(r"^make (\w+)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE))
    names = [stage.name for stage in STAGES]
    before = {goal for stage in STAGES[: names.index("deploy")] for goal in stage.goals}
    assert checks == {"check", "policy", "test"}
    assert checks <= before


def test_the_buildspec_calls_make_and_nothing_hidden() -> None:
    spec = yaml.safe_load((ROOT / "buildspec.yml").read_text())
    assert list(spec["phases"]) == ["install", "pre_build", "build"]
    commands = [command for phase in spec["phases"].values() for command in phase.get("commands", ())]
    assert [command.split()[:2] for command in commands] == [["make", "setup"], ["make", "$GOALS"]]


def test_the_pipeline_runs_the_python_that_the_pinned_packages_were_resolved_for() -> None:
    spec = yaml.safe_load((ROOT / "buildspec.yml").read_text())
    least = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert f">={spec['phases']['install']['runtime-versions']['python']}" == least


def test_jenkins_has_the_same_stages_with_the_same_goals() -> None:
    text_ = (ROOT / "Jenkinsfile").read_text()
    found = re.findall(r"stage\('(\w+)'\) \{ steps \{ (?:sh 'make ([^']+)'|input '[^']+') \} \}", text_)
    goals = [(name, tuple(word for word in said.split() if "=" not in word)) for name, said in found]
    assert goals == [(stage.name, stage.goals) for stage in STAGES]
    there = dict(found)
    for stage in STAGES:
        assert ("ENV=prod" in there[stage.name]) == stage.promoted


def test_critical_findings_stop_an_image_and_lesser_ones_do_not() -> None:
    assert findings({"CRITICAL": 2, "HIGH": 1}) == "2 critical findings: take a newer BASE or package"
    assert findings({"HIGH": 7}) is None


def test_a_service_works_when_every_target_that_stays_is_healthy() -> None:
    assert unhealthy(["healthy", "draining"]) is None
    assert unhealthy(["healthy", "unhealthy", "initial"]) == "2 of 3 targets are initial, unhealthy"
    assert unhealthy([]) == "the load balancer has no healthy target"
