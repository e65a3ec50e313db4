"""`why`, `why 12`, `why "Offer"`, `why not "Offer"`"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from flowlang.repl.asking import Asking
from flowlang.repl.script import named, quoted
from flowlang.repl.session import Session
from flowlang.repl.told import Told
from flowlang.repl.word import Word
from flowlang.speech import tr
from flowlang.syntax import keywords

_NUMBER = re.compile(r"-?[0-9]{1,9}")


class Why(Word):
    """Says why something was decided, or why something did not happen.

    `why` speaks of the last decision about the contact that hung on anything, `why 12` of the one
    with that number in `history`. `why "Offer"` speaks of every time the message went out, with
    the way that led there; where it did not, of why not. `why not "Offer"`, for a message or a
    campaign, says what would have had to be different, or when it comes.
    """

    names = (("en", "why"), ("de", "warum"))
    usage = (
        "why",
        tr("why 12"),
        tr('why "Offer"'),
        tr('why not "Offer"'),
    )
    topic = "why"

    def do(self, session: Session, rest: str) -> Told:
        contact = session.contact().id
        before = session.sent_before(contact)
        asking = Asking(session.program, session.scene(), contact, before, session.language)
        negated = _not().match(rest)
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
            yield session.tongue.word("_NOT")
        yield from (quoted(name) for name in session.program.messages)
        yield from (quoted(campaign.name) for campaign in session.program.campaigns)


@cache
def _not() -> re.Pattern[str]:
    """Matches the word for it in any language."""
    words = "|".join(keywords.of_all_languages("_NOT"))
    return re.compile(rf"(?:{words})(?![\w-])\s*", re.IGNORECASE)


WORD = Why()
