"""What every phone in the hall loads, over the hall's network: compressed once, and sent as each of them can read it."""

import gzip

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Packed(Response):
    """A response that is sent compressed to those who take it so."""

    def __init__(self, content: bytes, kind: str, lasts: str = "no-store") -> None:
        """lasts: how long a browser keeps it, as Cache-Control says it."""
        headers = {"Cache-Control": lasts, "Vary": "Accept-Encoding"}
        super().__init__(content, media_type=kind, headers=headers)
        packed = gzip.compress(content, mtime=0)
        self._packed = Response(packed, media_type=kind, headers=headers | {"Content-Encoding": "gzip"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        if "gzip" in Headers(scope=scope).get("Accept-Encoding", ""):
            await self._packed(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
