"""Bodies of requests."""

from fastapi import Request

from service.problems import ProblemError


async def read(request: Request, largest: int, cure: str) -> bytes:
    """A body, read no further than its limit.

    Raises:
        ProblemError: 413 it has more than ``largest`` bytes; ``cure`` says what to do.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > largest:
            raise ProblemError(413, "body_too_large", f"a body may have {largest:,} bytes; {cure}")
    return bytes(body)
