"""Free TCP ports on the loopback interface."""

import os
import random
import socket

HOST = "127.0.0.1"

# Below the ports that systems give to outgoing connections (Linux from 32768, macOS from 49152).
# A client that keeps calling a stopped broker on one of those ends up connected to itself, and
# the broker finds its own port taken when it comes back.
_CANDIDATES = range(20_000, 32_000)


def obstacle(port: int) -> str | None:
    """Return what keeps a program from listening on `port`; None when it is free."""
    with socket.socket() as listener:
        # As the broker does: a port is free although closed connections linger on it.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen()
        except OSError as error:
            return os.strerror(error.errno or 0)
    return None


def answers(port: int) -> bool:
    """Tell whether a program accepts connections on `port`."""
    try:
        socket.create_connection((HOST, port), timeout=5).close()
    except OSError:
        return False
    return True


def free_port(*, other_than: int | None = None) -> int:
    """Return a port that is free now; somebody may take it before it is used."""
    shuffled = random.sample(_CANDIDATES, len(_CANDIDATES))
    return next(port for port in shuffled if port != other_than and obstacle(port) is None)
