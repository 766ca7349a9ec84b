"""Responses that every phone in the hall loads: small, and compressed once."""

import gzip
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Packed(Response):
    """A response that is compressed once, and sent in a form that each client can read."""

    def __init__(self, content: bytes, kind: str, headers: Mapping[str, str]) -> None:
        varying = {**headers, "Vary": "Accept-Encoding"}
        super().__init__(content, media_type=kind, headers=varying)
        packed = gzip.compress(content, mtime=0)
        self._packed = Response(packed, media_type=kind, headers={**varying, "Content-Encoding": "gzip"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        takes_packed = "gzip" in Headers(scope=scope).get("Accept-Encoding", "")
        sending = self._packed if takes_packed else super().__call__
        await sending(scope, receive, send)
