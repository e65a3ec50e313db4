"""What a word that is being typed may become: names of the workspace, words of the session."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from flowlang.repl import word
from flowlang.repl.saying import ACTIONS, EXPECT, SCRIPT
from flowlang.repl.script import quoted
from flowlang.repl.session import Session
from flowlang.steps.restart import Restart
from flowlang.steps.tag import Tag
from flowlang.steps.untag import Untag
from flowlang.syntax import expressions, scripts
from flowlang.syntax.tree import walk

Names = Callable[[Session], Iterable[str]]

_TYPED = re.compile(r'"[^"]*$|(?<=[=\s(,])[^\s"=(,]*$|^[^\s"=]*$')


_OF_TAGS = (Tag, Untag, Restart, expressions.Tagged, scripts.GivenTag)


def tags(session: Session) -> list[str]:
    """Every tag that the workspace speaks of."""
    found: dict[str, None] = {}
    for parsed in session.loaded.workspace.files:
        for node in walk(parsed.tree):
            tag = getattr(node, "tag", None)
            if isinstance(node, _OF_TAGS) and tag is not None:
                found[str(tag.value)] = None
    return list(found)


_BEHIND: dict[str, Names] = {
    "_TAG": tags, "_UNTAG": tags, "_TAGGED": tags,
    "_JOIN_GROUP": lambda session: session.program.names.groups,
    "_LEAVE_GROUP": lambda session: session.program.names.groups,
    "_IN_GROUP": lambda session: session.program.names.groups,
    "_IN_SEGMENT": lambda session: session.program.names.segments,
    "_START_CAMPAIGN": lambda session: session.program.names.campaigns,
    "_STOP_CAMPAIGN": lambda session: session.program.names.campaigns,
    "_RESUME": lambda session: session.program.messages,
    "_SENT": lambda session: session.program.messages,
    "_SKIPPED": lambda session: session.program.messages,
    "_RECEIVED": lambda session: session.program.messages,
    "DELIVERY_EVENT": lambda session: session.program.messages,
    "_RUN_AUTOMATION": lambda session: session.program.names.automations,
    "_GIVEN_COUPONS": lambda session: session.program.names.coupons,
    "_COUPONS_LEFT": lambda session: session.program.names.coupons,
    "_FOR_WHOM": lambda session: session.stage.contacts,
}  # fmt: skip
"""What stands in quotes behind a word of the language."""
_BARE: dict[str, Names] = {
    "_CLEAR": lambda session: session.program.names.fields,
    "_EVENT": lambda session: session.program.names.events,
    "_ADD": lambda session: session.program.names.records,
    "_REMOVE": lambda session: session.program.names.records,
    "_GRANT_MARKETING_BY": lambda session: session.program.names.channels,
    "_WITHDRAW_MARKETING_BY": lambda session: session.program.names.channels,
}


def typed(text: str) -> str:
    """The word at the end of a text that is being typed; with its quote where it has one."""
    found = _TYPED.search(text)
    return found[0] if found is not None else ""


def complete(session: Session, text: str) -> list[str]:
    """What the word at the end of a text may be, in full."""
    begun = typed(text)
    behind = text[: len(text) - len(begun)]
    found = dict.fromkeys(_candidates(session, text, behind))
    fitting = [one for one in found if one.casefold().startswith(begun.casefold())]
    if begun and not begun.startswith('"'):
        # A name in quotes is found without typing the quote.
        fitting += [one for one in found if one.casefold().startswith(f'"{begun.casefold()}')]
    return [one for one in fitting if one != begun]


def _candidates(session: Session, text: str, behind: str) -> Iterable[str]:
    words = session.tongue.words
    if not behind.strip():
        for one in word.words():
            yield one.phrases(words.code)[0]
        for terminal in (*ACTIONS, *SCRIPT, EXPECT):
            yield from words.words(terminal)
        return
    found = word.find(behind.lstrip(), words.code)
    if found is not None:
        rest = found[1]
        yield from found[0].complete(session, f"{rest} " if rest else "")
    before = " ".join(behind.lower().split())
    for terminal, names in (*_BEHIND.items(), *_BARE.items()):
        if any(re.search(rf"(?:^|\W){re.escape(form)}$", before) for form in words.forms(terminal)):
            yield from names(session) if terminal in _BARE else map(quoted, names(session))
