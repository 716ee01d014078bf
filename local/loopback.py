"""HTTP to this machine's own servers: never through the proxy a user may have set."""

import urllib.error
import urllib.request
from typing import Final

_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def call(request: str | urllib.request.Request, *, seconds: float) -> bytes:
    """Body of the answer.

    Raises:
        urllib.error.HTTPError: the status is not a success.
        OSError: there was no answer.
    """
    with _OPENER.open(request, timeout=seconds) as reply:
        return bytes(reply.read())


def answers(url: str, *, below: int = 500) -> bool:
    """True when the address answers with a status below ``below``."""
    try:
        call(url, seconds=2)
    except urllib.error.HTTPError as error:
        return error.code < below
    except OSError:
        return False
    return True
