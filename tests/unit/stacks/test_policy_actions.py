"""Actions of IAM policies held against AWS's list; ``make policy`` brings the list and holds every template to it."""

from pathlib import Path
from typing import Any

import pytest

from stacks.policy.actions import Actions, ActionsError, overlap, wrong

BUCKET, OBJECT = "arn:${Partition}:s3:::${BucketName}", "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
LIST = Actions(
    {
        "s3": {
            "privileges": {
                "GetObject": {"privilege": "GetObject", "resource_types": {"object*": {}}},
                "ListBucket": {"privilege": "ListBucket", "resource_types": {"bucket*": {}}},
                "ListAllMyBuckets": {"privilege": "ListAllMyBuckets", "resource_types": {"": {}}},
            },
            "resources": {"bucket": {"arn": BUCKET}, "object": {"arn": OBJECT}},
        }
    }
)


def template(action: str, resource: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": [action], "Resource": resource}
    policy = {"PolicyDocument": {"Statement": [statement]}, "Roles": [{"Ref": "Role"}]}
    return {"Resources": {"Policy": {"Type": "AWS::IAM::Policy", "Properties": policy}}}


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", "arn:aws:s3:::shop-raw/*"),
        ("s3:getobject", [{"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/verdicts/*"]]}]),
        ("s3:Get*", "*"),
        ("s3:ListAllMyBuckets", "*"),
        ("s3:ListBucket", {"Fn::GetAtt": ["Bucket", "Arn"]}),
    ],
)
def test_what_aws_knows_and_what_it_works_on_is_fine(action: str, resource: object) -> None:
    assert list(wrong(template(action, resource), LIST)) == []


@pytest.mark.parametrize(
    ("action", "resource", "why"),
    [
        ("s3:ReadObject", "*", "AWS knows no such action"),
        ("s4:GetObject", "*", "AWS knows no such action"),
        ("s3:GetObject", "arn:aws:s3:::shop-raw", "works on none of arn:aws:s3:::shop-raw, but on arn:*:s3:::*/*"),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::shop-raw", "but on no resource at all: *"),
    ],
)
def test_what_is_named_in_vain_is_told(action: str, resource: object, why: str) -> None:
    (sentence,) = wrong(template(action, resource), LIST)
    assert sentence.startswith(f"Policy: {action}: ")
    assert why in sentence


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("group:/aws/x/*", "group:*:stream:*", True),
        ("group:/aws/x", "group:*:stream:*", False),
        ("a*c", "*b*", True),
        ("a*c", "b*", False),
        ("", "**", True),
    ],
)
def test_patterns_overlap_where_some_text_fits_both(one: str, other: str, both: bool) -> None:
    assert overlap(one, other) is both is overlap(other, one)


def test_without_the_list_nothing_passes(tmp_path: Path) -> None:
    with pytest.raises(ActionsError, match="make policy installs it"):
        Actions.of(tmp_path)
