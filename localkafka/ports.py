"""Free TCP ports on the loopback interface."""

import os
import random
import socket
from collections.abc import Iterable

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


def free_port(*, other_than: Iterable[int] = ()) -> int:
    """Return a port that is free now; somebody may take it before it is used."""
    candidates = [port for port in _CANDIDATES if port not in other_than]
    random.shuffle(candidates)
    return next(port for port in candidates if obstacle(port) is None)


def free_ports(count: int, *, other_than: Iterable[int] = ()) -> list[int]:
    """Return different ports that are free now."""
    found: list[int] = []
    for _ in range(count):
        found.append(free_port(other_than=[*other_than, *found]))
    return found
