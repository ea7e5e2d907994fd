"""Which network addresses a picture may come from: public ones, checked after name resolution."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable

import httpx

from enrichment.images.policy import HttpPolicy
from enrichment.images.refused import PictureRefused
from schemas.records import ProblemReason

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
_URL_LIMIT = 2_048
_HOST = re.compile(rb"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of ``host`` as the system knows them, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked_url(text: str, policy: HttpPolicy) -> httpx.URL:
    """Return ``text`` as an address that may be fetched, its host not yet resolved.

    Raises:
        PictureRefused: another scheme, user information, no host, control characters or too long.

    """
    try:
        url = httpx.URL(text) if len(text) <= _URL_LIMIT else None
    except (httpx.InvalidURL, ValueError) as error:
        raise _refused(text, f"no address: {error}") from error
    if url is None:
        raise _refused(text, f"longer than {_URL_LIMIT} characters")
    if url.scheme not in policy.schemes:
        raise _refused(text, f"scheme {url.scheme!r}; allowed: {', '.join(policy.schemes)}")
    if url.userinfo:
        raise _refused(f"{url.scheme}://{url.host}", "holds user information")
    if not _HOST.fullmatch(url.raw_host) or not text.isprintable() or not 0 < (url.port or 1) < 2**16:
        raise _refused(text, "no host name, a port out of range, or control characters")
    return url


def checked_addresses(host: str, port: int, policy: HttpPolicy, resolver: Resolve) -> list[str]:
    """Return the addresses of ``host``, all of them public unless the policy allows the host.

    Raises:
        PictureRefused: one of them is not.
        OSError: the name does not resolve.

    """
    addresses = resolver(host, port)
    if not addresses:
        raise OSError(f"{host}: the name has no address")
    allowed = {name.lower().strip("[]") for name in policy.allow_private}
    if host.lower() not in allowed and f"{host.lower()}:{port}" not in allowed:
        for address in addresses:
            if not is_public(ipaddress.ip_address(address.partition("%")[0])):
                raise _refused(host, f"its address {address} is not public")
    return addresses


def is_public(address: Address) -> bool:
    """Tell whether ``address`` belongs to the public internet, also the IPv4 address wrapped in an IPv6 one.

    Registries: https://www.iana.org/assignments/iana-ipv4-special-registry and
    https://www.iana.org/assignments/iana-ipv6-special-registry.
    """
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = _wrapped(address)
        if wrapped is not None:
            return is_public(wrapped)
        if address.is_site_local or address in _NAT64_LOCAL:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that a mapped, 6to4, Teredo or NAT64 address leads to."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


def _refused(where: str, why: str) -> PictureRefused:
    return PictureRefused(ProblemReason.ADDRESS_REFUSED, f"{where[:80]}: {why}")
