"""Where questions may go: never to what a cloud tells its machines alone, and unencrypted only where allowed.

Names are looked up here, and the address that a connection really has is looked at again before anything is sent: a
name may point elsewhere the second time.
"""

import ipaddress
import os
import socket
from collections.abc import Mapping
from typing import Any

from curation.errors import UsageError

PLAIN_HTTP_VARIABLE = "CURATION_PLAIN_HTTP"
METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254")))
"""Addresses where clouds tell a machine its own secrets, beside the link-local ones (Alibaba, Azure, Oracle, AWS)."""
REFUSED = (
    "{host} is an address at which a cloud tells machines their secrets, or one without a place: no model answers "
    "there. Name the endpoint's own address."
)
Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def addresses(host: str) -> list[Ip]:
    """The addresses a name points to now; empty where none is known."""
    try:
        found = {str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return []
    return [_plain(ipaddress.ip_address(one)) for one in found]


def _plain(address: Ip) -> Ip:
    """An IPv4 address written as an IPv6 one, as itself."""
    return getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address


def is_hosted(host: str) -> bool:
    """Whether a host is outside this machine and its private network; one that has no known address counts so."""
    found = addresses(host)
    return not found or not all(one.is_private for one in found)


def is_forbidden(address: Ip) -> bool:
    """Whether no question may go there whatever anybody says."""
    return address in METADATA or address.is_link_local or address.is_multicast or address.is_unspecified


def check_host(host: str, is_open: bool) -> None:
    """Raises UsageError for a forbidden address, and where an open (unencrypted) connection would leave this computer
    though nobody has allowed it."""
    found = addresses(host)
    if any(map(is_forbidden, found)):
        raise UsageError(REFUSED.format(host=host))
    if is_open and not (found and all(one.is_loopback for one in found)) and not os.environ.get(PLAIN_HTTP_VARIABLE):
        raise UsageError(
            f"What is asked of {host} would travel unencrypted: use https. Within a network that you trust, allow it "
            f"with --plain-http, or {PLAIN_HTTP_VARIABLE}=1 for the app."
        )


class ForbiddenAddress(Exception):
    """A connection leads to an address no question may go to; nothing was sent."""


async def check_connection(event: str, info: Mapping[str, Any]) -> None:
    """Called by the HTTP client at each step: raises ForbiddenAddress once a connection stands that leads there."""
    if event != "connection.connect_tcp.complete":
        return
    peer = info["return_value"].get_extra_info("server_addr")
    if peer is None or is_forbidden(_plain(ipaddress.ip_address(str(peer[0]).partition("%")[0]))):
        await info["return_value"].aclose()
        raise ForbiddenAddress


WINDOW = 8
"""Characters of a key in a row that are taken for a piece of it: eight random ones meet by chance once in 10^14."""


def without_key(text: str, key: str) -> str:
    """The text with every piece of the key in it masked."""
    size = min(WINDOW, len(key))
    pieces = {key[n : n + size] for n in range(len(key) - size + 1)} if size > 3 else set()
    parts, start, n = [], 0, 0
    while pieces and n <= len(text) - size:
        if text[n : n + size] not in pieces:
            n += 1
            continue
        parts += [text[start:n], "[key]"]
        while text[n : n + size] in pieces:
            n += 1
        start = n = n + size - 1
    return "".join([*parts, text[start:]])
