"""What a reply of a mail server means (RFC 5321 for the code, RFC 3463 for the status in the text).

`421` is none of these: it ends the conversation, whatever was asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flowlang.delivery.delivery import Status

_SHOWN = 200
"""Characters of a reply that a person is shown."""
_ENHANCED = re.compile(r"(?<![0-9.])[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])")
_NOBODY = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.310"}
"""The mailbox or its domain is not there, has moved, takes no mail, or is switched off."""
_ADDRESS_CODES = {550, 551, 553}
_IN_WORDS = re.compile(
    r"no such (?:user|recipient|mailbox|address|account|person)"
    r"|(?:user|recipient|mailbox|address|account)\b.{0,60}?\b(?:unknown|not found|unavailable"
    r"|(?:does not|doesn['’]t) exist|not exist|disabled|inactive|invalid)"
    r"|(?:unknown|invalid|nonexistent) (?:user|recipient|mailbox|address|local)"
    r"|not a (?:known|valid) (?:user|mailbox)"
    r"|unrouteable address|user not local|undeliverable address",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, its lines joined."""

    code: int
    text: str

    @property
    def taken(self) -> bool:
        return 200 <= self.code < 300

    @property
    def closing(self) -> bool:
        """The server ends the conversation; it has not done what was asked."""
        return self.code == 421

    def __str__(self) -> str:
        shown = "".join(sign if sign.isprintable() else " " for sign in self.text)
        return f"{self.code} {' '.join(shown.split())[:_SHOWN]}".rstrip()


def refusal(reply: Reply) -> Status:
    """What becomes of a letter whose recipient or text got a reply that is no yes."""
    if not 500 <= reply.code < 600:
        return "retry"
    return "bounced" if _nobody_there(reply) else "failed"


def _nobody_there(reply: Reply) -> bool:
    """Whether the address is the reason.  Where the reply does not say so for certain it is not:
    an address that bounced gets nothing more.
    """
    enhanced = _ENHANCED.search(reply.text)
    if enhanced is not None:
        return enhanced[0] in _NOBODY
    return reply.code in _ADDRESS_CODES and _IN_WORDS.search(reply.text) is not None
