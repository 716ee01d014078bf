"""Order, references and conditions of pipeline definitions."""

from typing import Any

import pytest

from local.sagemaker.definition import DefinitionError, Resolver, in_order, parameters


def paper(_step: str, _name: str) -> str:
    return '{"a": {"b": [1, 2]}}'


def resolver(**steps: dict[str, Any]) -> Resolver:
    return Resolver({"Dataset": "shop", "Flag": True}, {"PipelineExecutionId": "e1"}, steps, paper)


def test_steps_run_after_those_they_name_or_refer_to() -> None:
    steps = [
        {"Name": "C", "Type": "Processing", "Arguments": {}, "DependsOn": ["B"]},
        {"Name": "B", "Type": "Processing", "Arguments": {"x": [{"Get": "Steps.A.ModelArtifacts.S3ModelArtifacts"}]}},
        {"Name": "A", "Type": "Training", "Arguments": {}},
    ]
    assert [step["Name"] for step in in_order(steps)] == ["A", "B", "C"]


def test_a_condition_waits_for_what_its_branches_need() -> None:
    inner = {"Name": "Inner", "Type": "Processing", "Arguments": {"x": {"Get": "Steps.A.ModelName"}}}
    gate = {"Name": "Gate", "Type": "Condition", "Arguments": {"Conditions": [], "IfSteps": [inner], "ElseSteps": []}}
    steps = [gate, {"Name": "A", "Type": "Model", "Arguments": {}}]
    assert [step["Name"] for step in in_order(steps)] == ["A", "Gate"]


def test_steps_that_need_each_other_are_refused() -> None:
    steps = [{"Name": n, "Type": "Processing", "Arguments": {}, "DependsOn": [m]} for n, m in (("A", "B"), ("B", "A"))]
    with pytest.raises(DefinitionError, match=r"\['A', 'B'\]"):
        in_order(steps)


def test_references_are_resolved_inside_joins() -> None:
    join = {
        "Std:Join": {
            "On": "/",
            "Values": ["s3:/", {"Get": "Parameters.Dataset"}, {"Get": "Execution.PipelineExecutionId"}, 7],
        }
    }
    assert resolver().resolve({"Uri": join}) == {"Uri": "s3://shop/e1/7"}


def test_an_output_is_found_by_its_name() -> None:
    outputs = {"ProcessingOutputConfig": {"Outputs": [{"OutputName": "model", "S3Output": {"S3Uri": "s3://b/x"}}]}}
    got = resolver(A=outputs).resolve({"Get": "Steps.A.ProcessingOutputConfig.Outputs['model'].S3Output.S3Uri"})
    assert got == "s3://b/x"


def test_a_property_file_is_read_by_path() -> None:
    value = {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.A.PropertyFiles.Paper"}, "Path": "a.b[1]"}}
    assert resolver(A={}).resolve(value) == 2


@pytest.mark.parametrize("text", ["Steps.Nobody.ModelName", "Parameters.Nothing", "Elsewhere.X"])
def test_a_reference_to_nothing_is_named(text: str) -> None:
    with pytest.raises(DefinitionError, match=text.split(".")[-2]):
        resolver().resolve({"Get": text})


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"Type": "Equals", "LeftValue": {"Get": "Parameters.Flag"}, "RightValue": True}, True),
        ({"Type": "GreaterThan", "LeftValue": 1, "RightValue": 2}, False),
        ({"Type": "LessThanOrEqualTo", "LeftValue": 2, "RightValue": 2}, True),
        ({"Type": "In", "QueryValue": {"Get": "Parameters.Dataset"}, "Values": ["shop", "x"]}, True),
        ({"Type": "Not", "Expression": {"Type": "Equals", "LeftValue": 1, "RightValue": 1}}, False),
        ({"Type": "Or", "Conditions": [{"Type": "Equals", "LeftValue": 1, "RightValue": 1}]}, True),
    ],
)
def test_each_kind_of_condition_is_decided(condition: dict[str, Any], holds: bool) -> None:
    assert resolver().holds(condition) is holds


def test_values_that_cannot_be_compared_are_an_error_not_false() -> None:
    with pytest.raises(DefinitionError, match="cannot be decided"):
        resolver().holds({"Type": "LessThan", "LeftValue": "a", "RightValue": 1})


def test_parameters_take_their_type_and_default() -> None:
    declared = [{"Name": "N", "Type": "Integer"}, {"Name": "D", "Type": "String", "DefaultValue": "x"}]
    assert parameters({"Parameters": declared}, {"N": "3"}) == {"N": 3, "D": "x"}


@pytest.mark.parametrize(("given", "named"), [({}, "N"), ({"N": "x"}, "N = 'x'"), ({"N": "1", "M": "2"}, "M")])
def test_wrong_parameters_are_named(given: dict[str, str], named: str) -> None:
    with pytest.raises(DefinitionError, match=named):
        parameters({"Parameters": [{"Name": "N", "Type": "Integer"}]}, given)
