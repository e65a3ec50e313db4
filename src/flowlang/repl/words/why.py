"""`why`, `why 12`, `why "Offer"`, `why not "Offer"`"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flowlang.repl.asking import Asking
from flowlang.repl.script import named, quoted
from flowlang.repl.session import Session
from flowlang.repl.told import Told
from flowlang.repl.word import Word

_NUMBER = re.compile(r"-?[0-9]{1,9}")
_NOT = re.compile(r"(?:not|nicht)(?![\w-])\s*", re.IGNORECASE)


class Why(Word):
    """Says why something was decided, or why something did not happen.

    `why` speaks of the last decision about the contact that hung on anything, `why 12` of the one
    with that number in `history`. `why "Offer"` speaks of every time the message went out, with
    the way that led there; where it did not, of why not. `why not "Offer"`, for a message or a
    campaign, says what would have had to be different, or when it comes.
    """

    names = (("en", "why"), ("de", "warum"))
    usage = ("why", "why 12", 'why "Offer"', 'why not "Offer"')
    topic = "why"

    def do(self, session: Session, rest: str) -> Told:
        contact = session.contact().id
        asking = Asking(session.program, session.scene(), contact, session.sent_before(contact))
        negated = _NOT.match(rest)
        try:
            if negated is not None:
                return asking.why_not(named(rest[negated.end() :]))
            if _NUMBER.fullmatch(rest):
                return asking.numbered(int(rest))
            return asking.named(named(rest)) if rest else asking.last()
        finally:
            session.stage.trace.listen()

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        if not rest.strip():
            yield "nicht" if session.tongue.words.code == "de" else "not"
        yield from (quoted(name) for name in session.program.messages)
        yield from (quoted(campaign.name) for campaign in session.program.campaigns)


WORD = Why()
