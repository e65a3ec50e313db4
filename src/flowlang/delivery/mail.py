"""From a letter to the mail that carries it: headers, parts, and the same bytes every time.

Contact data gets into subjects, names and addresses.  So nothing here is joined into a header as
text: addresses are taken apart and refused where they are more than one address, names and
subjects lose line breaks and whatever a reader would decode again.
"""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from flowlang.contact import Letter
from flowlang.delivery.plain import plain_text

_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\s*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9-]*[A-Za-z0-9]")
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>]+", re.IGNORECASE)
_ENCODED_WORD = re.compile(r"=(?=\?[^?\s]+\?[bqBQ]\?)")
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Unmailable(ValueError):
    """The letter cannot become a mail, however often it is tried.  The message says why."""


class _UnfoldedLinks(EmailPolicy):
    """As SMTP's, but a link stays in one piece: the standard folding would encode a long one."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in ("list-unsubscribe", "message-id"):
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in ("list-unsubscribe", "message-id"):
            return self.fold(name, value).encode("ascii")
        return bytes(super().fold_binary(name, value))


MAIL_POLICY = _UnfoldedLinks(linesep=SMTP.linesep, cte_type="7bit")
"""CRLF lines of ASCII, which every mail server takes."""


def to_email(letter: Letter) -> EmailMessage:
    """The mail for a letter; its `as_bytes()` is the same for the same letter, always.

    Raises Unmailable where an address or the unsubscribe link cannot stand in a header.
    """
    sender = _address(letter.sender, "sender")
    identity = sha256(letter.id.encode("utf-8", "replace")).hexdigest()[:32]
    mail = EmailMessage(policy=MAIL_POLICY)
    mail["Message-ID"] = f"<{identity}@{sender.domain}>"
    mail["Date"] = format_datetime(letter.at)
    mail["From"] = sender
    mail["To"] = Address(addr_spec=_address(letter.address, "address").addr_spec)
    if letter.reply_to:
        mail["Reply-To"] = _address(letter.reply_to, "reply address")
    mail["Subject"] = _one_line(letter.subject)
    if letter.unsubscribe:
        mail["List-Unsubscribe"] = f"<{_link(letter.unsubscribe)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    html = _encodable(letter.html)
    text = _encodable(letter.text) or plain_text(html)
    mail.set_content(text, cte="quoted-printable")
    if html:
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
        # "=_" cannot stand in quoted-printable text, so no part can hold the boundary.
        mail.set_boundary(f"=_{identity}")
    return mail


def _address(raw: str, what: str) -> Address:
    """One address with its name, if it has one.  Raises Unmailable for anything else."""
    if not raw.strip():
        raise Unmailable(f"there is no {what}")
    named = _NAMED.fullmatch(raw)
    name = _one_line(named["name"]).strip('"').strip() if named else ""
    spec = (named["address"] if named else raw).strip()
    local, _, domain = spec.rpartition("@")
    domain = _ascii_domain(domain)
    if len(spec) > 254 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        shown = _one_line(spec)[:80]
        raise Unmailable(f'the {what} "{shown}" is not one plain e-mail address')
    return Address(display_name=name, username=local, domain=domain)


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _link(raw: str) -> str:
    link = quote(raw.strip(), safe="!#$%&'()*+,/:;=?@[]~-._")
    if not _LINK.fullmatch(raw.strip()) or not _LINK.fullmatch(link):
        raise Unmailable("the unsubscribe link is no address of a page")
    return link


def _one_line(text: str) -> str:
    """Text that stays text in a header: one line, and nothing that is decoded a second time."""
    text = _UNPRINTED.sub(" ", _encodable(text))
    return _ENCODED_WORD.sub("= ", text).strip()


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
