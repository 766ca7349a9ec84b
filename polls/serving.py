"""Run the server of a poll until Ctrl-C."""

import contextlib
import errno
import gc
import os
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from common.errors import UserError
from polls.address import Address
from polls.app import Server
from polls.connection import MOST, Connection
from polls.live import Live

AT_THE_END = 2  # seconds that open requests still have
FILES = 65_536, 10_240  # that should be open at once, as each connection is one; macOS refuses more than the second
SPARE = 64  # open files other than connections
KEPT = 65  # seconds that an idle connection stays: longer than proxies keep theirs, which would use a closed one
UNREACHED = 45_000  # milliseconds after which a silent phone, asleep or gone, does not count as present
NO_IPV6 = errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL
PROXIES = ["127.0.0.1", "::1"]  # on this machine, which may say for whom they ask


@dataclass(frozen=True)
class Way:
    """How browsers reach the server."""

    certificate: Path | None = None  # a server without one does not encrypt
    key: Path | None = None  # of the certificate; None: it is in the same file
    behind_proxy: bool = False  # which says for whom it asks


def serve(live: Live, address: Address, way: Way, started: Callable[[], None]) -> None:
    """Serve a poll until Ctrl-C or SIGTERM.

    started: called when phones can come. Raises UserError for an address that cannot be listened on, and for a
    certificate that cannot be used; whatever else ends the poll is raised, too.
    """
    asked = Server(live, address, stop=lambda: setattr(server, "should_exit", True))
    server = uvicorn.Server(_config(asked, way))
    Connection.most = _most_connections()
    with contextlib.ExitStack() as listening:
        sockets = [listening.enter_context(each) for each in listening_sockets(address.host, address.port)]
        _leave_streams_uncollected()  # where Ctrl-C may have no effect
        with _stoppable():
            started()
            server.run(sockets)
    if asked.failure:
        raise asked.failure


def _config(asked: Server, way: Way) -> uvicorn.Config:
    config = uvicorn.Config(
        asked.app(),
        http=Connection,
        ws="none",
        log_level="critical",  # `guard` logs errors in one line
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=way.behind_proxy,
        forwarded_allow_ips=PROXIES,
        timeout_keep_alive=KEPT,
        timeout_graceful_shutdown=AT_THE_END,
        ssl_certfile=way.certificate,
        ssl_keyfile=way.key,
    )
    try:
        config.load()
    except ssl.SSLError:
        raise UserError(
            f"cannot use {way.certificate}: it should be a certificate as PEM, with its key in the same file or in --key"
        ) from None
    except OSError as error:
        raise UserError(f"cannot use {way.certificate}: {error.strerror}") from None
    return config


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Let SIGTERM end a poll like Ctrl-C: uvicorn ends all streams and passes the signal on."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave_streams_uncollected() -> None:
    """Let Python look for garbage rarely.

    Each stream is hundreds of objects. Looking at those of a full hall takes a third of a second in which nobody gets an
    answer, and there is nothing to find.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 1_000)


def _most_connections() -> int:
    """Return how many connections there may be, after asking for as many as the system allows."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return MOST
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in FILES:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most)
            )
            break
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(MOST, allowed - SPARE)


def listening_sockets(host: str, port: int) -> Iterator[socket.socket]:
    """Return sockets that take connections from now on: on all addresses of this machine, or on those of a host."""
    try:
        places = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror:
        raise UserError(f"there is no address {host} to listen on. Choose another --host.") from None
    for family, _, _, _, place in places:
        try:
            listening = socket.create_server(place, family=family, backlog=2048)
        except OSError as error:
            if error.errno in NO_IPV6 and family is socket.AF_INET6 and not host:
                continue
            why = "only administrators may" if error.errno == errno.EACCES else os.strerror(error.errno or 0)
            where = f"{host or 'this machine'}, port {port}"
            other = "--host" if error.errno == errno.EADDRNOTAVAIL else "--port"
            raise UserError(f"cannot listen on {where}: {why}. Choose another {other}.") from None
        # asyncio, unlike uvloop, leaves it to these sockets; without it an answer waits 40 ms for the phone's receipt.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREACHED)
        yield listening
