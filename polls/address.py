"""Where phones find the poll: the address of this machine in the room's network, as text and as a QR code.

A laptop that changes its network has another address then; nobody restarts anything.
"""

import socket
from functools import lru_cache
from io import BytesIO

SOMEWHERE = ("192.0.2.1", 9)  # of the network for documentation (RFC 5737); nothing is sent there


class Address:
    """The address that phones open."""

    def __init__(self, port: int, url: str = "", scheme: str = "http") -> None:
        """url: what instructors say, where a proxy or a name leads to this machine."""
        self.port, self.scheme, self.given = port, scheme, url.rstrip("/")

    @property
    def url(self) -> str:
        """Return the address now."""
        return self.given or f"{self.scheme}://{machine()}:{self.port}"

    def shown(self) -> dict[str, str]:
        """Return what the hall and the teacher read."""
        return {"address": self.url}

    def code(self) -> bytes:
        """Return the address as a QR code, as SVG."""
        return qr_code(self.url)


def machine() -> str:
    """Return the address of this machine in the network that it would use; 127.0.0.1 if it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(SOMEWHERE)
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


@lru_cache(4)
def qr_code(text: str) -> bytes:
    """Return a text as a QR code, as SVG that grows with its place."""
    import segno

    stream = BytesIO()
    segno.make(text, error="m", micro=False).save(stream, kind="svg", border=4, omitsize=True, light="#fff")
    return stream.getvalue()
