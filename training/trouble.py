"""Failures of the services around a step, which no file has caused."""

from typing import Final

from boto3.exceptions import RetriesExceededError, S3UploadFailedError
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
)
from botocore.exceptions import (
    ConnectionError as NoConnectionError,
)

from core.contracts.errors import RetryableError

_UNANSWERED: Final = (
    HTTPClientError,
    NoConnectionError,
    NoCredentialsError,
    CredentialRetrievalError,
    RetriesExceededError,
    S3UploadFailedError,
)
_OF_AN_OBJECT: Final = frozenset({"NoSuchKey", "NoSuchVersion", "404", "NotFound"})
_STORE: Final = "Generic S3 error"
"""What the table's libraries call every failure of the object store, whatever the class of the error."""


def is_of_a_service(error: BaseException) -> bool:
    """True when a service did not answer, or refused for a reason that is not the object asked for."""
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] not in _OF_AN_OBJECT
    return isinstance(error, _UNANSWERED) or _STORE in str(error)


def told(error: Exception) -> str:
    """A step's failure reason. ``RetryableError`` in front says that no file is to blame for it."""
    name = RetryableError if is_of_a_service(error) else type(error)
    return f"{name.__name__}: {error}"
