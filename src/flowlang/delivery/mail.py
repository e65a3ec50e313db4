"""From a letter to the mail that carries it: headers, parts, and the same bytes every time.

Contact data gets into subjects, names and addresses.  So nothing here is joined into a header as
text: addresses are taken apart and refused where they are more than one address, names and
subjects lose line breaks and whatever a reader would decode again.
"""

from __future__ import annotations

import re
from base64 import b64encode
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from flowlang.addresses import mailbox
from flowlang.contact import Letter
from flowlang.delivery.plain import plain_text

_LONGEST = 900
"""Characters of a link in a header: it stands in one line, which has at most 998 (RFC 5322)."""
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>]+", re.IGNORECASE)
_ENCODED_WORD = re.compile(r"=(?=\?[^?\s]+\?[bqBQ]\?)")
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Unmailable(ValueError):
    """The letter cannot become a mail, however often it is tried.  The message says why."""


class _Folding(EmailPolicy):
    """As SMTP's, but for what the standard folding spoils.

    A link stays in one piece: it would be encoded.  A subject comes back as it was: it would begin
    on a line of its own, and so with a space, or lose spaces between words that are encoded.
    """

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in ("list-unsubscribe", "message-id"):
            return f"{name}: {value}{self.linesep}"
        if name.lower() == "subject":
            return f"{name}: {_encoded_words(str(value), self.linesep)}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in ("list-unsubscribe", "message-id", "subject"):
            return self.fold(name, value).encode("ascii")
        return bytes(super().fold_binary(name, value))


_SHORT = 65
"""Characters of a subject that fit on its line."""
_WORD = 36
"""Bytes of text in an encoded word, which has at most 75 characters (RFC 2047)."""


def _encoded_words(text: str, linesep: str) -> str:
    """A text as it stands where that fits on a line of ASCII, else as encoded words."""
    if text.isascii() and len(text) <= _SHORT:
        return text
    words, word = [], b""
    for sign in text:
        more = sign.encode("utf-8")
        if len(word) + len(more) > _WORD:
            words.append(word)
            word = b""
        word += more
    encoded = (b64encode(one).decode("ascii") for one in (*words, word))
    return f"{linesep} ".join(f"=?utf-8?b?{one}?=" for one in encoded)


MAIL_POLICY = _Folding(linesep=SMTP.linesep, cte_type="7bit")
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
    if _UNPRINTED.search(letter.address):
        raise Unmailable("there is more than an address in the address")
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
    found = mailbox(raw)
    if found is None:
        raise Unmailable(f'the {what} "{_one_line(raw)[:80]}" is not one plain e-mail address')
    name = _one_line(found.name).strip('"').strip()
    return Address(display_name=name, username=found.local, domain=found.domain)


def _link(raw: str) -> str:
    link = quote(raw.strip(), safe="!#$%&'()*+,/:;=?@[]~-._")
    if not _LINK.fullmatch(raw.strip()) or not _LINK.fullmatch(link):
        raise Unmailable("the unsubscribe link is no address of a page")
    if len(link) > _LONGEST:
        raise Unmailable(f"the unsubscribe link has more than {_LONGEST} characters")
    return link


def _one_line(text: str) -> str:
    """Text that stays text in a header: one line, and nothing that is decoded a second time."""
    text = _UNPRINTED.sub(" ", _encodable(text))
    return _ENCODED_WORD.sub("= ", text).strip()


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
