"""What is left out of a template, and what of it remains."""

import pytest

from local.filtering import FilterError, filtered

ROLE = {"Type": "AWS::IAM::Role", "Properties": {}}
PIPELINE = {
    "Type": "AWS::SageMaker::Pipeline",
    "Properties": {
        "PipelineName": "p",
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "PipelineDefinition": {"PipelineDefinitionBody": {"Fn::Join": ["", ["{", {"Ref": "Role"}, "}"]]}},
    },
}


def test_a_pipeline_is_left_out_and_its_properties_are_carried_by_outputs() -> None:
    result = filtered({"Resources": {"Role": ROLE, "Run": PIPELINE}})
    assert set(result.template["Resources"]) == {"Role"}
    assert [(name, kind) for name, kind, _ in result.left_out] == [("Run", "AWS::SageMaker::Pipeline")]
    assert result.template["Outputs"]["LocalRunXRoleArn"] == {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}
    assert result.template["Outputs"]["LocalRunXPipelineDefinition"]["Value"]["Fn::Join"][1][1] == {"Ref": "Role"}


def test_who_refers_to_it_gets_what_the_reference_would_have_given() -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Run"}}, "DependsOn": ["Run", "Role"]}
    kept = filtered({"Resources": {"Role": ROLE, "Run": PIPELINE, "Queue": queue}}).template["Resources"]["Queue"]
    assert kept["Properties"]["QueueName"] == "p"
    assert kept["DependsOn"] == ["Role"]


def test_a_reference_nobody_can_answer_is_an_error_that_names_it() -> None:
    budget = {"Type": "AWS::Budgets::Budget", "Properties": {}}
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Money"}}}
    with pytest.raises(FilterError, match=r"Money \(AWS::Budgets::Budget\)"):
        filtered({"Resources": {"Money": budget, "Queue": queue}})


def test_a_template_without_such_things_stays_as_it_is() -> None:
    template = {"Resources": {"Role": ROLE}, "Outputs": {"A": {"Value": "1"}}}
    assert filtered(template).template == template
    assert filtered(template).left_out == ()
