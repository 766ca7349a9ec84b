"""Download a file from the first source that has the official one, and resume an interrupted download."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from autograder.datasets.layouts import sha256
from autograder.datasets.registry import Remote

CHUNK = 256 * 1024
TIMEOUT = 30  # seconds without a byte
TRIES = 5  # connections to one source, as long as each of them makes progress
HEADERS = {"User-Agent": "convgrade"}  # some hosts reject Python's own name


class Bar(Protocol):
    """A progress bar."""

    def update(self, count: int, /) -> object:
        """Move the bar by this many bytes."""


Progress = Callable[[str, int], AbstractContextManager[Bar]]  # given a label and the number of bytes to come
Say = Callable[[str], None]


class Unreachable(Exception):
    """No source had the file; the message has a line for each."""


class _Refused(Exception):
    """A source does not have the file; the message says why."""


class _Cut(Exception):
    """The connection failed or ended early; the message says why."""


def download(remote: Remote, path: Path, say: Say, progress: Progress) -> None:
    """Download the file to path, where an interrupted download may have left its first bytes.

    All sources offer the same bytes, so one can continue what another began; the checksum of the whole file decides.
    Raises Unreachable with the reasons, and OSError if the file cannot be written.
    """
    if _is_right(path, remote):
        return None
    if _size(path) >= remote.size:
        path.unlink()
    reasons = []
    for url in remote.urls:
        try:
            return _from(url, remote, path, progress)
        except _Refused as refused:
            reasons.append(f"{url}: {refused}")
            say(f"skipped {urlsplit(url).netloc}: {refused}")
    raise Unreachable("\n".join(f"  {reason}" for reason in reasons))


def _from(url: str, remote: Remote, path: Path, progress: Progress) -> None:
    """Download the file from one source, or raise _Refused."""
    for _ in range(TRIES):
        before = _size(path)
        reason = "its file is too short"
        try:
            _continue(url, remote, path, progress)
        except _Cut as cut:
            reason = str(cut)
        if _is_right(path, remote):
            return
        if _size(path) >= remote.size:
            path.unlink()
            if not before:
                raise _Refused("its file is not the official one (wrong checksum)")
            # The bytes from before may be to blame: try once more, from the start.
        elif _size(path) <= before:
            raise _Refused(reason)
    raise _Refused(f"the connection was cut {TRIES} times ({reason})")


def _continue(url: str, remote: Remote, path: Path, progress: Progress) -> None:
    """Append the missing bytes; start again if the source always sends the whole file."""
    before = _size(path)
    with _open(url, before) as response:
        continued = response.status == 206
        if continued and not response.headers.get("Content-Range", "").startswith(f"bytes {before}-"):
            raise _Refused("it sends the wrong part of the file")
        left = remote.size - before if continued else remote.size
        length = response.headers.get("Content-Length", "")
        if length.isdigit() and int(length) != left:
            raise _Refused(f"its file is not as large as the official one ({remote.size:,} bytes)")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab" if continued else "wb") as stream, progress(remote.file, left) as bar:
            for chunk in _chunks(response, left):
                stream.write(chunk)
                bar.update(len(chunk))


def _open(url: str, start: int) -> http.client.HTTPResponse:
    headers = HEADERS | ({"Range": f"bytes={start}-"} if start else {})
    try:
        request = urllib.request.Request(url, headers=headers)
        response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT)
        return response
    except urllib.error.HTTPError as error:
        with error:
            raise _Refused(f"{error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise _Cut(str(getattr(error.reason, "strerror", None) or error.reason)) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _Cut(str(error) or type(error).__name__) from None


def _chunks(response: http.client.HTTPResponse, left: int) -> Iterator[bytes]:
    """Yield what arrives, up to this many bytes."""
    while left:
        try:
            chunk = response.read(min(CHUNK, left))
        except (OSError, http.client.HTTPException) as error:
            raise _Cut(str(error) or type(error).__name__) from None
        if not chunk:
            raise _Cut("the connection ended early")
        left -= len(chunk)
        yield chunk


def _is_right(path: Path, remote: Remote) -> bool:
    """Return whether a file is the official one. Its size is checked first, because that is quick."""
    if _size(path) != remote.size:
        return False
    with path.open("rb") as stream:
        return sha256(stream) == remote.sha256


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
