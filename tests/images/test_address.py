import ipaddress

import pytest

from enrichment.images.address import checked_addresses, checked_url, is_public, resolve
from enrichment.images.policy import HttpPolicy
from enrichment.images.refused import PictureRefused
from schemas.records import ProblemReason

PRIVATE = [
    "0.0.0.1",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2001:db8::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused(address):
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(PictureRefused) as caught:
        checked_addresses("cdn.example", 443, HttpPolicy(), lambda *_: [address])
    assert caught.value.reason is ProblemReason.ADDRESS_REFUSED


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_what_is_public_passes(address):
    assert is_public(ipaddress.ip_address(address))
    assert checked_addresses("cdn.example", 443, HttpPolicy(), lambda *_: [address]) == [address]


def test_one_private_address_among_public_ones_is_enough():
    with pytest.raises(PictureRefused, match=r"10\.0\.0\.1"):
        checked_addresses("cdn.example", 443, HttpPolicy(), lambda *_: ["8.8.8.8", "10.0.0.1"])


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.0.0.1", "2130706433", "127.1", "0177.0.0.1", "localhost", "::1"])
def test_loopback_in_disguise_is_refused_after_resolution(host):
    try:
        with pytest.raises(PictureRefused):
            checked_addresses(host, 80, HttpPolicy(), resolve)
    except OSError:
        pytest.skip("the system does not resolve this spelling at all")


def test_allowed_hosts_may_be_private_and_only_they():
    policy = HttpPolicy(allow_private=("Media.Internal", "10.0.0.5:8080", "[fd00::1]"))
    for host, port in (("media.internal", 443), ("MEDIA.internal", 80), ("10.0.0.5", 8080), ("fd00::1", 80)):
        assert checked_addresses(host, port, policy, lambda *_: ["10.0.0.5"]) == ["10.0.0.5"]
    for host, port in (("10.0.0.5", 8081), ("x.media.internal", 443)):
        with pytest.raises(PictureRefused):
            checked_addresses(host, port, policy, lambda *_: ["10.0.0.5"])


def test_a_name_without_address_is_no_refusal_but_a_failure():
    with pytest.raises(OSError, match="no address"):
        checked_addresses("cdn.example", 443, HttpPolicy(), lambda *_: [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "images/1.jpg",
        "//cdn.example/1.jpg",
        "ftp://cdn.example/1.jpg",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "http://",
        "http:///x.jpg",
        "https://user:word@cdn.example/1.jpg",
        "https://user@cdn.example/1.jpg",
        "https://cdn.example:99999/1.jpg",
        "https://cdn.example:abc/1.jpg",
        "https://[::1/1.jpg",
        "https://cdn.example/\r\nX: 1",
        "https://cdn.example/\x00",
        "https://cdn.example/" + "a" * 3_000,
        "https://\ud800.example/",
    ],
)
def test_strange_addresses_are_refused(text):
    with pytest.raises(PictureRefused) as caught:
        checked_url(text, HttpPolicy())
    assert caught.value.reason is ProblemReason.ADDRESS_REFUSED
    assert "word" not in str(caught.value)


def test_honest_addresses_pass():
    policy = HttpPolicy()
    assert checked_url("https://cdn.example/a b/é.jpg?w=100", policy).host == "cdn.example"
    assert checked_url("HTTPS://CDN.example:8443/1.jpg", policy).port == 8443
    assert checked_url("https://bücher.example/1.jpg", policy).raw_host == b"xn--bcher-kva.example"


def test_schemes_may_be_narrowed():
    with pytest.raises(PictureRefused, match="allowed: https"):
        checked_url("http://cdn.example/1.jpg", HttpPolicy(schemes=("https",)))
