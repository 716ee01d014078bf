"""Small JSON objects in S3, written once or by compare-and-set."""

from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from lambdas.shared.clients import code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ABSENT: Final = ("NoSuchKey", "404", "NotFound")
_LOST: Final = ("PreconditionFailed", "412", "ConditionalRequestConflict", "409")


class Bucket:
    """One bucket's small objects."""

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self.name = name

    def read(self, key: str) -> tuple[bytes, str] | None:
        """Content and ETag of an object; None when there is none."""
        try:
            answer = self._client.get_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if code(error) in _ABSENT:
                return None
            raise
        return answer["Body"].read(), answer["ETag"]

    def create(self, key: str, content: bytes) -> bool:
        """Write an object unless one is there; False when one is."""
        return self._put(key, content, if_none="*")

    def replace(self, key: str, content: bytes, etag: str) -> bool:
        """Write over the object that has this ETag; False when it has changed or is gone."""
        return self._put(key, content, if_match=etag)

    def _put(self, key: str, content: bytes, *, if_none: str | None = None, if_match: str | None = None) -> bool:
        try:
            if if_none is not None:
                self._client.put_object(
                    Bucket=self.name, Key=key, Body=content, ContentType="application/json", IfNoneMatch=if_none
                )
            elif if_match is not None:
                self._client.put_object(
                    Bucket=self.name, Key=key, Body=content, ContentType="application/json", IfMatch=if_match
                )
        except ClientError as error:
            if code(error) in _LOST or (if_match is not None and code(error) in _ABSENT):
                return False
            raise
        return True
