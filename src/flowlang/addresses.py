"""One plain e-mail address, with or without a name: what may send a mail, and where one may go."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\s*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9-]*[A-Za-z0-9]")
_LONGEST = 254
"""Characters of an address (RFC 5321, with the brackets taken away)."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address in its parts; `domain` is ASCII, `name` is as it was written."""

    name: str
    local: str
    domain: str


def mailbox(raw: str) -> Mailbox | None:
    """The one address in a text such as `Shop <news@example.com>`; None for anything else."""
    named = _NAMED.fullmatch(raw)
    spec = (named["address"] if named else raw).strip()
    local, _, domain = spec.rpartition("@")
    domain = _ascii(domain)
    if len(spec) > _LONGEST or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        return None
    return Mailbox(named["name"] if named else "", local, domain)


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
