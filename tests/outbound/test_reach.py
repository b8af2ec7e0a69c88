"""Which addresses are called, however they are written (RFC 6890, RFC 4291; SECURITY 1.6 A14, LIBRARIES 1.6 on SSRF)."""

import ipaddress

import pytest

from idp.outbound import OutboundFault, check_outbound_url
from idp.outbound.reach import Reach, is_public
from idp.outbound.target import read_target


@pytest.mark.parametrize("address", ["8.8.8.8", "164.106.1.1", "2606:4700::1111", "2a00:1450:4001::8a"])
def test_public_addresses_may_be_called(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "100::1",
        "5f00::1",
    ],
)
def test_every_other_address_is_not(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.0.0.01/",
        "https://127.0.0.1./",
        "https://example.1/",
        "https://example.0x1/",
        "https://[::1%25lo]/",
        "https://[::ffff:127.0.0.1%25lo]/",
        "https://[::1]x/",
        "https://[::1",
        "https://[127.0.0.1]/",
        "https://::1/",
        "https://example.org:/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org:٤٤٣/",
        "https://example.org:+443/",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://trusted.example@127.0.0.1/",
        "https://trusted.example:443@127.0.0.1/",
        "https://example.org#@127.0.0.1/",
        "https://example.org\\@127.0.0.1/",
        "https://example.org/\r\nHost: other",
        "https://example.org/ HTTP/1.1\r\nX: y",
        "https://example.org/\tx",
        " https://example.org/",
        "https://example。org/",
        "https://ⓔxample.org/",
        "https://EXAMPLE_.org/",
        "https://-example.org/",
        "https://a..b/",
        "https://",
        "https:///path",
        "https:example.org",
        "//example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "javascript://example.org/%0aalert(1)",
        "http://example.org/",
        "http://localhost.example.org/",
        "http://127.0.0.1.example.org/",
        "http://localhost:80@example.org/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "",
        "https://example.org/" + "x" * 2_048,
    ],
)
def test_an_address_that_programs_read_differently_is_refused(url: str) -> None:
    with pytest.raises(OutboundFault):
        check_outbound_url(url)


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "shown"),
    [
        ("https://Login.Example.ORG", "login.example.org", 443, "/", "login.example.org"),
        ("https://example.org:8443/a?b=c%0d%0a", "example.org", 8443, "/a?b=c%0d%0a", "example.org:8443"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/", "xn--bcher-kva.example"),
        ("https://[2606:4700::1111]:443/", "2606:4700::1111", 443, "/", "[2606:4700::1111]"),
        ("http://localhost:8081/x", "localhost", 8081, "/x", "localhost:8081"),
        ("http://127.0.0.1/", "127.0.0.1", 80, "/", "127.0.0.1"),
    ],
)
def test_an_address_is_read(url: str, host: str, port: int, path: str, shown: str) -> None:
    target = read_target(url)
    assert (target.host, target.port, target.path, target.host_header) == (host, port, path, shown)


def test_a_setting_names_hosts_and_networks() -> None:
    reach = Reach.of(["10.20.0.0/16", "fd12::/32", "::1", "ADFS.agency.example"])
    for host, address in (
        ("x.example", "10.20.3.4"),
        ("x.example", "fd12::1"),
        ("x.example", "::1"),
        ("adfs.agency.example", "192.168.1.1"),
    ):
        assert reach.may_call(host, ipaddress.ip_address(address))
    for host, address in (
        ("x.example", "10.21.0.1"),
        ("x.example", "127.0.0.1"),
        ("x.adfs.agency.example", "192.168.1.1"),
        ("x.example", "::ffff:10.20.3.4"),
    ):
        assert not reach.may_call(host, ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "entry", ["", "10.0.0.1/8", "10.0.0.0/33", "https://x.example", "x.example/", "x:443", "a b", "*"]
)
def test_an_entry_that_names_neither_is_refused(entry: str) -> None:
    with pytest.raises(OutboundFault, match="neither a host nor a network"):
        Reach.of([entry])
