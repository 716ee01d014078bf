"""``docs/iam.md`` is what the templates say."""

from pathlib import Path

import pytest

from stacks.iam import ENVIRONMENT, page
from tests.unit.stacks.synthesis import templates

pytestmark = pytest.mark.xdist_group("synth")
PAGE = Path(__file__).parents[3] / "docs" / "iam.md"


def written() -> str:
    return page({name: template.body for name, template in templates(ENVIRONMENT).items()})


def test_the_page_lists_what_the_templates_grant() -> None:
    assert PAGE.read_text("utf-8") == written(), "run: python -m stacks.iam > docs/iam.md"


def test_every_role_and_every_one_of_its_actions_is_on_the_page() -> None:
    text = written()
    for template in templates(ENVIRONMENT).values():
        for policy in template.of_type("AWS::IAM::Policy").values():
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                assert all(f"`{action}`" in text for action in actions)
    roles = sum(len(template.of_type("AWS::IAM::Role")) for template in templates(ENVIRONMENT).values())
    assert text.count("\n### ") == roles


def test_no_role_may_everything() -> None:
    for template in templates(ENVIRONMENT).values():
        for policy in template.of_type("AWS::IAM::Policy").values():
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                assert not [each for each in actions if each in ("*", "iam:*") or each.endswith(":*")]


def test_pods_roles_are_told_by_audience_and_service_account() -> None:
    text = written()
    assert "`provider:aud` StringEquals `sts.amazonaws.com`" in text
    assert "`provider:sub` StringEquals `system:serviceaccount:forecast:forecast-api`" in text
