"""Answers as bytes."""

import orjson
from fastapi import Response


class JsonReply(Response):
    """An answer already built of plain values, written by orjson."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """Bytes of the body."""
        return orjson.dumps(content)
