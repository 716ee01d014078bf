"""Kept things as resources that CloudFormation imports into a new stack."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from stacks.account import Account, Client, StuckError, stack_status
from stacks.adopt.kept import BUCKET, MODELS, REPOSITORY, TABLE, Kept, described
from stacks.adopt.keys import key_of
from stacks.templates import Json, text

KEY: Final = "AWS::KMS::Key"
NAMED_BY: Final = {
    BUCKET: "BucketName",
    TABLE: "TableName",
    MODELS: "ModelPackageGroupName",
    REPOSITORY: "RepositoryName",
}
"""Kind -> the property that holds its name."""
IDENTIFIED_BY: Final = {**NAMED_BY, MODELS: "ModelPackageGroupArn", KEY: "KeyId"}
"""Kind -> what CloudFormation knows one by; its own schemas say so."""
CHANGE_SET: Final = "adopt"
NEVER_MADE: Final = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource to be imported."""

    logical_id: str
    kind: str
    identifier: str

    @property
    def request(self) -> Json:
        """As CloudFormation wants it."""
        return {
            "ResourceType": self.kind,
            "LogicalResourceId": self.logical_id,
            "ResourceIdentifier": {IDENTIFIED_BY[self.kind]: self.identifier},
        }


def resources(client: Client, template: Json, things: list[Kept], owner: str) -> list[Resource]:
    """What there is of a template: the things by their names, and the key that encrypts them.

    Raises:
        StuckError: one of them needs what is not there any more.
    """
    found = [(_logical_id(template, each, owner), each) for each in things]
    needed = {name: set(_references(template["Resources"][name]["Properties"])) for name, _ in found}
    keys = {each for names in needed.values() for each in names if template["Resources"][each]["Type"] == KEY}
    for name, thing in found:
        if gone := needed[name] - keys - {name for name, _ in found}:
            raise StuckError(
                f"{thing.name} goes with {', '.join(sorted(gone))} of its template, which is not there any more: "
                f"delete {thing.name}, or make the other again by hand, as the template says"
            )
    encrypted = [
        Resource(
            logical_id=key,
            kind=KEY,
            identifier=key_of(client, [thing for name, thing in found if key in needed[name]]),
        )
        for key in sorted(keys)
    ]
    return encrypted + [
        Resource(logical_id=name, kind=thing.kind, identifier=_identifier(client, thing)) for name, thing in found
    ]


def body(template: Json, wanted: list[Resource]) -> Json:
    """The part of a template that is there already: an import takes no more.

    Everything in it is retained, so that nothing is lost whatever becomes of the import.
    """
    retained = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    parts = {each.logical_id: template["Resources"][each.logical_id] for each in wanted}
    return {
        "Description": template["Description"],
        "Resources": {
            name: {"Type": part["Type"], "Properties": part["Properties"], **retained} for name, part in parts.items()
        },
    }


def adopt(account: Account, stack: str, template: Json, wanted: list[Resource]) -> None:
    """Make a stack of what is there already; its next deployment adds the rest.

    Raises:
        StuckError: a stack of that name does not go, or CloudFormation refuses.
    """
    _make_way(account, stack)
    cloudformation, place = account.client("cloudformation"), {"StackName": stack, "ChangeSetName": CHANGE_SET}
    cloudformation.create_change_set(
        **place,
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(body(template, wanted)),
        ResourcesToImport=[each.request for each in wanted],
    )
    account.until(
        lambda: not _change_set(account, place)["Status"].endswith(("_PENDING", "_IN_PROGRESS")),
        f"{stack} is looked at",
    )
    if (found := _change_set(account, place))["Status"] != "CREATE_COMPLETE":
        cloudformation.delete_stack(StackName=stack)  # there is nothing in it
        raise StuckError(f"{stack} cannot be made of what is there: {found.get('StatusReason', 'no reason given')}")
    cloudformation.execute_change_set(**place)
    account.until(lambda: not (_status(account, stack) or "").endswith("_IN_PROGRESS"), f"{stack} is still being made")
    if (status := _status(account, stack)) != "IMPORT_COMPLETE":
        raise StuckError(f"{stack} ended {status}: its events say why; nothing that was kept has changed")


def _make_way(account: Account, stack: str) -> None:
    """Delete a stack of that name that was never made, which has nothing but what is to be taken back."""
    status, cloudformation = _status(account, stack), account.client("cloudformation")
    if status in NEVER_MADE:
        account.say(f"{stack} goes first: its first deployment failed, and what that left stays")
        if cloudformation.describe_stacks(StackName=stack)["Stacks"][0].get("EnableTerminationProtection"):
            cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
        cloudformation.delete_stack(StackName=stack)
        account.until(lambda: _status(account, stack) is None, f"{stack} is still going")
    elif status:
        raise StuckError(f"{stack} is {status}: delete it in the console, then start again; what it kept stays")


def _change_set(account: Account, place: Mapping[str, str]) -> Json:
    found: Json = account.client("cloudformation").describe_change_set(**place)
    return found


def _status(account: Account, stack: str) -> str | None:
    return stack_status(account.client, stack)


def _logical_id(template: Json, thing: Kept, owner: str) -> str:
    found: str
    (found,) = [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == thing.kind
        and text(resource["Properties"][NAMED_BY[thing.kind]]).replace("<AWS::AccountId>", owner) == thing.name
    ]
    return found


def _identifier(client: Client, thing: Kept) -> str:
    if thing.kind != MODELS:
        return thing.name
    return str((described(client, thing) or {})["ModelPackageGroupArn"])


def _references(value: Any) -> Iterator[str]:
    """Logical ids that a resource's properties name."""
    if isinstance(value, list):
        for part in value:
            yield from _references(part)
    elif isinstance(value, dict):
        if "Ref" in value and not value["Ref"].startswith("AWS::"):
            yield value["Ref"]
        elif "Fn::GetAtt" in value:
            yield value["Fn::GetAtt"][0]
        else:
            for part in value.values():
                yield from _references(part)
