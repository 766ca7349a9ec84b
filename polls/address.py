"""The address of this machine in the room's network, where phones find the poll, as text and as a QR code.

A laptop that changes its network gets a new address; nothing needs a restart.
"""

import re
import socket
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from ipaddress import ip_address
from urllib.parse import urlsplit

from common.errors import UserError

# Addresses for documentation (RFC 5737, RFC 3849): nothing is sent there, but the system says which way it would go.
SOMEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
LOOPBACK = "127.0.0.1"
URL = re.compile(r"https?://(\[[\da-f:]+\]|[^\s/?#@:\[\]]+)(:\d{1,5})?/?", re.IGNORECASE)  # pages are at its root


class Address:
    """The address that phones open."""

    def __init__(
        self,
        port: int,
        url: str = "",
        scheme: str = "http",
        host: str = "",
        changed: Callable[[str], None] = lambda url: None,
    ) -> None:
        """Find the address.

        url: from instructors, if a proxy or a name leads to this machine. host: the only one of this machine's
        addresses that is listened to, if it is not all of them. changed: called with a new address. Raises UserError for a
        url that no phone could open.
        """
        self.port, self.scheme, self.host, self._given, self._changed = port, scheme, host, _checked(url), changed
        self.url = self._given or self._of(host or machine() or LOOPBACK)

    @property
    def local(self) -> str:
        """Return the address for browsers on this machine: the network may change, and they stay connected."""
        return self._given or self._of(self.host or LOOPBACK)

    @property
    def given_host(self) -> str:
        """Return the host and the port that instructors gave, if any."""
        return urlsplit(self._given).netloc.lower()  # as browsers send it

    @property
    def has_tls(self) -> bool:
        """Return whether this machine itself encrypts."""
        return self.scheme == "https"

    @property
    def is_of_a_network(self) -> bool:
        """Return whether other machines can open the address, as far as this one knows."""
        host = urlsplit(self.url).hostname or ""
        return host not in ("localhost", "::1") and not host.startswith("127.")

    def look(self) -> bool:
        """Find the address again; returns whether it has changed. A laptop without a network will be back."""
        before = self.url
        if not self._given and not self.host and (found := machine()):
            self.url = self._of(found)
        if before != self.url:
            self._changed(self.url)
        return before != self.url

    def shown(self) -> dict[str, str]:
        """Return the address that the hall and the teacher read."""
        return {"address": self.url}

    def code(self) -> bytes:
        """Return the address as a QR code, as SVG."""
        return qr_code(self.url)

    def _of(self, host: str) -> str:
        return f"{self.scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"


def _checked(url: str) -> str:
    """Return a URL that phones can open, without the slash at its end; "" stays."""
    if url and not URL.fullmatch(url):
        raise UserError(f"--url takes http:// or https:// and a name, like https://poll.example.edu, not {url!r}")
    return url.rstrip("/")


def machine() -> str:
    """Return the address of this machine in the network that it would use; "" if it is in none."""
    for family, somewhere in SOMEWHERE:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((somewhere, 9))
                return str(probe.getsockname()[0])
            except OSError:  # this machine has no route to such a network
                continue
    return _by_name()


def _by_name() -> str:
    """Return the address of this machine's own name: in a network without a way out, nothing else gives it."""
    try:
        named = socket.gethostbyname_ex(socket.gethostname())[2]
    except OSError:
        return ""
    return next((address for address in named if not ip_address(address).is_loopback), "")


@lru_cache(4)
def qr_code(text: str) -> bytes:
    """Return a text as a QR code, as scalable SVG."""
    import segno

    stream = BytesIO()
    segno.make(text, error="m", micro=False).save(stream, kind="svg", border=4, omitsize=True, light="#fff")
    return stream.getvalue()
