"""Access to a page that is not for everybody: with the secret of its link, and afterwards with a cookie."""

from hashlib import sha256
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import Response


class Door:
    """Access to the teacher's or the projector's page."""

    def __init__(self, room: str, secret: str, poll: str) -> None:
        """poll: its id. Browsers send the cookies of another port, and so of another poll, too."""
        self._secret, self._cookie = secret, f"{room}-{poll}"
        # The same after a restart, and it does not reveal the secret.
        self._pass = sha256(f"{room} {secret}".encode()).hexdigest()

    def fits(self, secret: object) -> bool:
        """Return whether this is the secret of the page's link."""
        return isinstance(secret, str) and _is_same(secret, self._secret)

    def is_open_to(self, request: Request) -> bool:
        """Return whether a request brings the cookie."""
        return _is_same(request.cookies.get(self._cookie, ""), self._pass)

    def open_to(self, request: Request, response: Response) -> None:
        """Give the cookie to the sender of a request."""
        how: Any = {"path": "/", "httponly": True, "samesite": "strict", "secure": request.url.scheme == "https"}
        response.set_cookie(self._cookie, self._pass, **how)


def _is_same(said: str, right: str) -> bool:
    """Compare in a time that does not reveal how much is right."""
    return compare_digest(said.encode("utf-8", "replace"), right.encode())
