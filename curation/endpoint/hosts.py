"""Where questions may go: never to what a cloud tells its machines alone, and unencrypted only where allowed.

Names are looked up here, and the address that a connection really has is looked at again before anything is sent: a
name may point elsewhere the second time.
"""

import base64
import ipaddress
import os
import re
import socket
from collections.abc import Iterator, Mapping, Set
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


_URLS = [re.compile(f"%{once}([0-9A-Fa-f]{{2}})|(.)", re.DOTALL) for once in ("", "25", "(?:25)?")]
"""The characters of a URL, of one inside another, and of a mix of both."""
_HEX = re.compile("(?:[0-9A-Fa-f]{2}){4,}")
_BASE64 = re.compile("[A-Za-z0-9+/_-]{6,}={0,2}")
"""What may be base64 (RFC 4648, both alphabets) of four characters or more."""


def without_key(text: str, key: str) -> str:
    """The text with every piece of the key masked, as it is or as in a URL, and whatever is hex or base64 of one."""
    size = min(WINDOW, len(key))
    pieces = {key[n : n + size] for n in range(len(key) - size + 1)} if size > 3 else set()
    if not pieces:
        return text
    spans = _spans(text, pieces, size)
    for pattern in _URLS if "%" in text else ():
        signs = list(pattern.finditer(text))
        plain = "".join(sign[2] or chr(int(sign[1], 16)) for sign in signs)
        spans += [(signs[a].start(), signs[b - 1].end()) for a, b in _spans(plain, pieces, size)]
    text = _masked(text, spans)
    wanted = [piece.encode() for piece in pieces]
    for pattern, decoded in ((_HEX, _from_hex), (_BASE64, _from_base64)):
        runs = [run for run in pattern.finditer(text) if any(w in b for b in decoded(run[0]) for w in wanted)]
        text = _masked(text, [run.span() for run in runs])
    return text


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with `[key]` in place of these spans, of those that overlap one."""
    parts, start = [], 0
    for first, end in sorted(spans):
        if first >= start:
            parts += [text[start:first], "[key]"]
        start = max(start, end)
    return "".join([*parts, text[start:]])


def _spans(text: str, pieces: Set[str], size: int) -> list[tuple[int, int]]:
    """Where pieces of the key stand, those that run into each other as one."""
    spans, n = [], 0
    while n <= len(text) - size:
        if text[n : n + size] not in pieces:
            n += 1
            continue
        start = n
        while text[n : n + size] in pieces:
            n += 1
        n += size - 1
        spans.append((start, n))
    return spans


def _from_hex(run: str) -> Iterator[bytes]:
    yield bytes.fromhex(run)


def _from_base64(run: str) -> Iterator[bytes]:
    """What it may be the base64 of: the key may begin anywhere in what was encoded, and the run before it."""
    run = run.rstrip("=").replace("-", "+").replace("_", "/")
    for start in range(4):
        whole = run[start:]
        whole = whole[:-1] if len(whole) % 4 == 1 else whole
        yield base64.b64decode(whole + "=" * (-len(whole) % 4))
