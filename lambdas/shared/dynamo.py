"""Plumbing of the uploads table: keys, conditional updates, pages."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from lambdas.shared.clients import code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

UPLOAD: Final = "upload#"
MARK: Final = "wait#"
"""Before the rest of an upload's sort key: the item that marks it as waiting."""
FLIGHT: Final = "flight"
DATASETS: Final = "#datasets"
"""Partition that lists the datasets; no dataset can have this name."""
UNNAMED: Final = "#unnamed"
"""Partition of uploads whose folder is not a dataset name."""

_MAX_SORT_KEY: Final = 1024
_MOST_AT_ONCE: Final = 100
"""Keys of one BatchGetItem."""

Attributes = Mapping[str, Any]


def sort_key(key: str, version_id: str) -> str:
    """Sort key of an upload; keys too long for DynamoDB are named by their hash."""
    plain = f"{UPLOAD}{key}#{version_id}"
    if len(plain.encode()) <= _MAX_SORT_KEY:
        return plain
    return f"{UPLOAD}~{hashlib.sha256(key.encode()).hexdigest()}#{version_id}"


def mark_of(upload: str) -> str:
    """Sort key of the mark of an upload, by its sort key; no longer than that."""
    return MARK + upload.removeprefix(UPLOAD)


class Table:
    """The uploads table, low level."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client = client
        self._name = name

    def put_new(self, item: Attributes) -> bool:
        """Put an item unless one has its key; False when one has."""
        try:
            self._client.put_item(TableName=self._name, Item=dict(item), ConditionExpression="attribute_not_exists(pk)")
        except ClientError as error:
            return _lost(error)
        return True

    def put(self, item: Attributes) -> None:
        """Put an item, whatever has its key."""
        self._client.put_item(TableName=self._name, Item=dict(item))

    def delete(self, pk: str, sk: str) -> None:
        """Remove an item; none is no error."""
        self._client.delete_item(TableName=self._name, Key={"pk": {"S": pk}, "sk": {"S": sk}})

    def get(self, pk: str, sk: str) -> dict[str, Any] | None:
        """An item, strongly consistent; None when there is none."""
        answer = self._client.get_item(
            TableName=self._name, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
        )
        return answer.get("Item")

    def get_many(self, pk: str, sort_keys: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Items of a partition by their sort keys, strongly consistent, in any order; those that are not there lack."""
        for start in range(0, len(sort_keys), _MOST_AT_ONCE):
            asked = [{"pk": {"S": pk}, "sk": {"S": sk}} for sk in sort_keys[start : start + _MOST_AT_ONCE]]
            wanted: Any = {self._name: {"Keys": asked, "ConsistentRead": True}}
            while wanted:  # an answer has room for 16 MB
                answer = self._client.batch_get_item(RequestItems=wanted)
                yield from answer["Responses"].get(self._name, ())
                wanted = answer.get("UnprocessedKeys")

    def update(
        self,
        pk: str,
        sk: str,
        change: str,
        values: Attributes,
        *,
        condition: str,
        names: Mapping[str, str] | None = None,
    ) -> bool:
        """Change an item if the condition holds; False when it does not."""
        extra: dict[str, Any] = {"ExpressionAttributeNames": dict(names)} if names else {}
        try:
            self._client.update_item(
                TableName=self._name,
                Key={"pk": {"S": pk}, "sk": {"S": sk}},
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeValues=dict(values),
                **extra,
            )
        except ClientError as error:
            return _lost(error)
        return True

    def query(self, pk: str, prefix: str, **more: Any) -> Iterator[dict[str, Any]]:
        """All items of a partition whose sort key begins so, strongly consistent, page by page."""
        values = {":pk": {"S": pk}, ":prefix": {"S": prefix}, **more.pop("ExpressionAttributeValues", {})}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues=values,
            **more,
        )
        for page in pages:
            yield from page["Items"]

    def partition(self, pk: str) -> Iterator[dict[str, Any]]:
        """All items of a partition, strongly consistent, page by page."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
        )
        for page in pages:
            yield from page["Items"]


def _lost(error: ClientError) -> bool:
    """False for a condition that did not hold; every other error goes on its way."""
    if code(error) != "ConditionalCheckFailedException":
        raise error
    return False
