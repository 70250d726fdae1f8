"""Ports of the loopback for what tests and the demonstration start."""

from __future__ import annotations

import random
import socket

# A port is free again between the look and the start of who asked for it; somebody else of this process must not get it meanwhile.
_given: set[int] = set()


def free_port(preferred: int | None = None) -> int:
    """`preferred` if nobody has it, else any port that nobody has, each given once."""
    # Below the range that outgoing connections take their ports from: one of those could take the port meanwhile.
    others = (random.randrange(12_000, 32_000) for _ in range(1_000))
    for port in (preferred, *others):
        if port is None or (port in _given and port != preferred):
            continue
        with socket.socket() as probe:
            # As servers bind: what is left of closed connections does not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
    raise RuntimeError("no free port")


def free_ports(count: int) -> list[int]:
    """As many ports, as `free_port` gives them."""
    return [free_port() for _ in range(count)]
