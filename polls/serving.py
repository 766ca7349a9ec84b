"""Run the server of a poll until Ctrl-C."""

import socket
from collections.abc import Callable

from common.errors import UserError
from polls.address import Address
from polls.app import Server
from polls.live import Live

AT_THE_END = 2  # seconds that open requests still have


def serve(live: Live, address: Address, host: str, started: Callable[[], None]) -> None:
    """Serve a poll until Ctrl-C or SIGTERM. started: called when phones can come. Raises UserError for a port in use."""
    import uvicorn

    listening = _listening(host, address.port)
    config = uvicorn.Config(
        Server(live, address).app(),
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=AT_THE_END,
    )
    server = uvicorn.Server(config)
    started()
    with listening:
        server.run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections from now on."""
    try:
        return socket.create_server((host, port), backlog=2048)
    except OSError as error:
        raise UserError(f"cannot listen on {host}, port {port}: {error.strerror}. Choose another --port.") from None
