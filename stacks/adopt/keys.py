"""The key that kept things are encrypted by: it has no name, but they say which it is."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from stacks.account import Client, StuckError
from stacks.adopt.kept import BUCKET, REPOSITORY, TABLE, Kept, described


def key_of(client: Client, things: Iterable[Kept]) -> str:
    """Id of the one key of several things that their template encrypts by one.

    Raises:
        StuckError: they name several, or one that nobody can use.
    """
    found = {arn: each.name for each in things for arn in _arns(client, each)}
    if len(found) != 1:
        said = ", ".join(f"{name} by {arn}" for arn, name in found.items()) or "none of them by a key of ours"
        raise StuckError(f"things of one stack are encrypted by one key, but these are not: {said}")
    ((arn, name),) = found.items()
    state = client("kms").describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]
    if state != "Enabled":
        key = arn.rpartition("/")[2]
        raise StuckError(
            f"{name} is encrypted by {arn}, which is {state}: aws kms cancel-key-deletion --key-id {key}, then aws "
            f"kms enable-key --key-id {key}, and start again; without the key nobody reads what it encrypts"
        )
    return arn.rpartition("/")[2]


def _arns(client: Client, thing: Kept) -> list[str]:
    found = _NAMED[thing.kind](client, thing)
    return [found] if found else []


def _of_bucket(client: Client, thing: Kept) -> str | None:
    rules = client("s3").get_bucket_encryption(Bucket=thing.name)["ServerSideEncryptionConfiguration"]["Rules"]
    found: str | None = rules[0]["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID")
    return found


def _of_description(*path: str) -> Callable[[Client, Kept], str | None]:
    def read(client: Client, thing: Kept) -> str | None:
        found: Any = described(client, thing) or {}
        for part in path:
            found = found.get(part, {})
        return found or None

    return read


_NAMED: Final[dict[str, Callable[[Client, Kept], str | None]]] = {
    BUCKET: _of_bucket,
    TABLE: _of_description("SSEDescription", "KMSMasterKeyArn"),
    REPOSITORY: _of_description("encryptionConfiguration", "kmsKey"),
}
