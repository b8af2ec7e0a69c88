"""Rules for the value of one field: each makes a function that returns the value to keep, or raises MetadataFault.

Values come from strangers: any JSON is a proper question (LIBRARIES F11), and no reason holds anything of the value.
"""

import re
from collections.abc import Callable
from typing import cast

from idp.registry import redirect_uri
from idp.registry.metadata_fault import MetadataFault
from idp.registry.public_keys import usual_name

Rule = Callable[[str, object], object]
"""Takes the field's name and its value."""

MAX_URIS = 20
MAX_NAME_LENGTH = 100
MAX_TEXT_LENGTH = 255
MAX_CONTACTS = 10
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Drawn as nothing, and letters or symbols all the same: a name made of them is none, and one with them looks like another."""
_IDENTIFIER = re.compile(r"(?:https?://[^/?#]+|urn:[a-z0-9][a-z0-9-]{0,31}:)[!$%&'()*+,./0-9:;=?@A-Z_a-z~-]*")


def name(field: str, value: object) -> str:
    """A text that pages show."""
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_NAME_LENGTH or not value.isprintable():
        raise MetadataFault(field, f"must be a text of 1 to {MAX_NAME_LENGTH} characters")
    if _UNSEEN.intersection(value):
        raise MetadataFault(field, "must be made of characters that can be seen")
    return value.strip()


def text(field: str, value: object) -> str:
    """A short text that nobody but operators reads."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > MAX_TEXT_LENGTH or not value.isprintable():
        raise MetadataFault(field, f"must be a text of {MAX_TEXT_LENGTH} characters at most")
    return value


def flag(field: str, value: object) -> bool:
    """True or false, as JSON has them."""
    if not isinstance(value, bool):
        raise MetadataFault(field, "must be true or false")
    return value


def optional_flag(field: str, value: object) -> bool | None:
    """True, false, or nothing said."""
    return None if value is None else flag(field, value)


def one_of(*allowed: str) -> Rule:
    """One of these words; "" among them stands for "any" or "none"."""

    def rule(field: str, value: object) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise MetadataFault(field, "must be one of " + ", ".join(word for word in allowed if word))
        return value

    return rule


def algorithm(*allowed: str) -> Rule:
    """One of these algorithms, by whichever of its names (RFC 9864 2.2); kept by the name that we use."""
    rule = one_of(*allowed)
    return lambda field, value: rule(field, usual_name(value) if isinstance(value, str) else value)


def words(*allowed: str, at_least: int = 0) -> Rule:
    """A list of some of these words, kept in our order, each once."""

    def rule(field: str, value: object) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(word, str) and word in allowed for word in value):
            raise MetadataFault(field, "must be a list of " + ", ".join(allowed))
        if len(value) < at_least:
            raise MetadataFault(field, "must name at least one of " + ", ".join(allowed))
        return [word for word in allowed if word in value]

    return rule


def scope(*allowed: str) -> Rule:
    """Words of these with spaces between (RFC 6749 3.3)."""

    def rule(field: str, value: object) -> str:
        if not isinstance(value, str):
            raise MetadataFault(field, "must be a text of words with spaces between")
        return " ".join(cast(list[str], words(*allowed)(field, value.split())))

    return rule


def seconds(least: int, most: int) -> Rule:
    """Whole seconds, or nothing said."""

    def rule(field: str, value: object) -> int | None:
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise MetadataFault(field, f"must be whole seconds from {least} to {most}")
        return value

    return rule


def uri(field: str, value: object) -> str:
    """An address that we or a browser go to, or "": https, or http on this machine's loopback address."""
    if value is None or value == "":
        return ""
    if reason := redirect_uri.fault_of(value):
        raise MetadataFault(field, reason)
    return cast(str, value)


def https_uri(field: str, value: object) -> str:
    """An address that must be https wherever it is, or ""."""
    address = uri(field, value)
    if address.startswith("http:"):
        raise MetadataFault(field, "must be an absolute https address")
    return address


def uris(field: str, value: object) -> list[str]:
    """A list of addresses, each once."""
    return _distinct(field, value, redirect_uri.fault_of)


def request_uris(field: str, value: object) -> list[str]:
    """Addresses of request objects; a fragment tells the hash of what is there (OIDC Core 6.2)."""
    return _distinct(field, value, _fault_before_fragment)


def identifiers(field: str, value: object) -> list[str]:
    """A list of resources' names (RFC 8707 2)."""
    return _distinct(field, value, _fault_of_identifier)


def identifier(field: str, value: object) -> str:
    """One resource's name, or ""."""
    if value is None or value == "":
        return ""
    if reason := _fault_of_identifier(value):
        raise MetadataFault(field, reason)
    return cast(str, value)


def contacts(field: str, value: object) -> list[str]:
    """Ways to reach those who run the client, such as e-mail addresses (RFC 7591 2)."""
    if (
        not isinstance(value, list)
        or len(value) > MAX_CONTACTS
        or not all(isinstance(item, str) and 0 < len(item) <= MAX_TEXT_LENGTH and item.isprintable() for item in value)
    ):
        raise MetadataFault(field, f"must be a list of {MAX_CONTACTS} short texts at most")
    return value


def _distinct(field: str, value: object, fault_of: Callable[[object], str | None]) -> list[str]:
    if not isinstance(value, list) or len(value) > MAX_URIS:
        raise MetadataFault(field, f"must be a list of {MAX_URIS} addresses at most")
    for item in value:
        if reason := fault_of(item):
            raise MetadataFault(field, reason)
    if len(set(value)) < len(value):
        raise MetadataFault(field, "names an address twice")
    return value


def _fault_before_fragment(value: object) -> str | None:
    return redirect_uri.fault_of(value.partition("#")[0] if isinstance(value, str) else value)


def _fault_of_identifier(value: object) -> str | None:
    if not isinstance(value, str) or len(value) > redirect_uri.MAX_LENGTH or not _IDENTIFIER.fullmatch(value):
        return "must be an absolute https, http or urn identifier without a fragment"
    return None
