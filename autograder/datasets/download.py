"""Download a file from the first source that gives it byte for byte, and continue what was interrupted."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit

from autograder.datasets.forms import sha256
from autograder.datasets.known import Remote

CHUNK = 256 * 1024
TIMEOUT = 30  # seconds without a byte
TRIES = 5  # connections to one source, as long as each of them brings something
HEADERS = {"User-Agent": "convgrade"}  # some hosts turn Python's own name away
# Given a label and the number of bytes to come: a bar, as a context, whose update(count) moves it.
Progress = Callable[[str, int], AbstractContextManager]
Say = Callable[[str], None]


class Unreachable(Exception):
    """No source has given the file; carries a line for each."""


class _Refused(Exception):
    """This source does not have the file; carries the reason."""


class _Cut(Exception):
    """The connection failed or ended early; carries the reason."""


def download(remote: Remote, path: Path, say: Say, progress: Progress) -> None:
    """Bring the file to path, where an interrupted download may have left its first bytes.

    All sources offer the same bytes, so that one continues what another has begun; the checksum of the whole decides.
    Raises Unreachable with the reasons, and OSError where the file cannot be written.
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
            say(f"{urlsplit(url).netloc} is left out: {refused}")
    raise Unreachable("\n".join(f"  {reason}" for reason in reasons))


def _from(url: str, remote: Remote, path: Path, progress: Progress) -> None:
    """Bring the file from one source, or raise _Refused."""
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
                raise _Refused("it gives other bytes than the official ones (wrong checksum)")
            # The bytes from before may be to blame: once more, from the start.
        elif _size(path) <= before:
            raise _Refused(reason)
    raise _Refused(f"the connection was cut {TRIES} times ({reason})")


def _continue(url: str, remote: Remote, path: Path, progress: Progress) -> None:
    """Append what is missing; start anew with a source that always sends all of it."""
    before = _size(path)
    with _open(url, before) as response:
        continued = response.status == 206
        if continued and not response.headers.get("Content-Range", "").startswith(f"bytes {before}-"):
            raise _Refused("it sends other parts of the file than those asked for")
        left = remote.size - before if continued else remote.size
        length = response.headers.get("Content-Length", "")
        if length.isdigit() and int(length) != left:
            raise _Refused(f"its file has another size than the official one ({remote.size:,} bytes)")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab" if continued else "wb") as stream, progress(remote.file, left) as bar:
            for chunk in _chunks(response, left):
                stream.write(chunk)
                bar.update(len(chunk))


def _open(url: str, start: int) -> http.client.HTTPResponse:
    headers = HEADERS | ({"Range": f"bytes={start}-"} if start else {})
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        with error:
            raise _Refused(f"{error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise _Cut(str(getattr(error.reason, "strerror", None) or error.reason)) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _Cut(str(error) or type(error).__name__) from None


def _chunks(response: http.client.HTTPResponse, left: int) -> Iterator[bytes]:
    """Yield what comes, and no more than is wanted."""
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
    """Tell whether a file is the official one; its size is looked at first, because that is quick."""
    if _size(path) != remote.size:
        return False
    with path.open("rb") as stream:
        return sha256(stream) == remote.sha256


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
