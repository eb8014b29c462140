"""Refuses every connection beyond this machine while tests run: what needs the network tests the network."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

NAMES = frozenset({"localhost", "127.0.0.1", "::1", "", None})


class Outside(RuntimeError):
    """A test tried to reach another machine."""


def check_stays_here(family: int, address: Any) -> None:
    """
    Look at where a socket is about to go. Unix sockets stay on the machine by their nature.

    :raises Outside: the address is not of this machine.
    """
    if family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host = address[0]
    if host in NAMES:
        return
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = False
    if not here:
        raise Outside(f"A test tried to reach {host}; tests stay on this machine. Give the code a double instead.")


def _guarded(name: str) -> Callable[..., Any]:
    """The socket method of that name, with the look before it; the address is its last argument."""
    original = getattr(socket.socket, name)

    def method(self: socket.socket, *arguments: Any) -> Any:
        check_stays_here(self.family, arguments[-1])
        return original(self, *arguments)

    return method


def guard() -> None:
    """Put the look in front of every way out that Python code has, name look-ups included."""
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _guarded(name))
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        check_stays_here(socket.AF_INET, (host.decode() if isinstance(host, bytes) else host,))
        return look_up(host, *arguments, **options)

    socket.getaddrinfo = getaddrinfo
