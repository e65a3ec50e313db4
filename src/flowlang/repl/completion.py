"""What a word that is being typed may become: names of the workspace, words of the session."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from flowlang.check.index import names_of
from flowlang.check.symbols import CONTACT
from flowlang.repl import word
from flowlang.repl.saying import ACTIONS, EXPECT, SCRIPT
from flowlang.repl.script import quoted
from flowlang.repl.session import Session
from flowlang.source import Span
from flowlang.steps.restart import Restart
from flowlang.steps.tag import Tag
from flowlang.steps.untag import Untag
from flowlang.syntax import facts, scripts
from flowlang.syntax.cursor import Cursor
from flowlang.syntax.declarations import File
from flowlang.syntax.tree import walk

Names = Callable[[Session], Iterable[str]]

_TYPED = re.compile(r'(?<=[=\s(,])[^\s"=(,]*$|^[^\s"=]*$')


_OF_TAGS = (Tag, Untag, Restart, facts.Tagged, scripts.GivenTag)


def tags(session: Session) -> list[str]:
    """Every tag that the workspace speaks of."""
    found: dict[str, None] = {}
    for parsed in session.loaded.workspace.files:
        for node in walk(parsed.tree):
            tag = getattr(node, "tag", None)
            if isinstance(node, _OF_TAGS) and tag is not None:
                found[str(tag.value)] = None
    return list(found)


_NAMED: dict[str, Names] = {
    "automation": lambda session: session.program.names.automations,
    "calendar": lambda session: session.program.names.calendars,
    "campaign": lambda session: session.program.names.campaigns,
    "channel": lambda session: session.program.names.channels,
    "contact": lambda session: session.stage.contacts,
    "coupons": lambda session: session.program.names.coupons,
    "event": lambda session: session.program.names.events,
    "field": lambda session: session.program.names.fields,
    "group": lambda session: session.program.names.groups,
    "message": lambda session: session.program.messages,
    "policy": lambda session: session.program.names.policies,
    "records": lambda session: session.program.names.records,
    "rows": lambda session: session.program.names.records,
    "segment": lambda session: session.program.names.segments,
    "tag": tags,
}  # fmt: skip
"""The names there are, by what they name: the kinds of `check.roles`."""


def typed(text: str) -> str:
    """The word at the end of a text that is being typed; with its quote where it has one."""
    if text.count('"') % 2:
        return text[text.rindex('"') :]
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
        yield from found[0].paths(session, typed(text))
    else:
        yield from _keywords(session, text)
    yield from _names(session, text, bare=found is None)


def _keywords(session: Session, text: str) -> Iterator[str]:
    """The words of the language that could stand at the end of a line of a test, or of a part."""
    words = session.tongue.words
    said = text.lstrip()
    for line in (said, f"{session.at()} {said}"):
        script = f'{words.word("_TEST")} "-"\n  {line}'
        cursor = Cursor(script, len(script), words.code)
        if cursor.readable:
            yield from sorted({one.text for one in cursor.keywords()})
            return


def _names(session: Session, text: str, *, bare: bool) -> Iterator[str]:
    """The names that could stand at the end of a text, as a line of a test or a part of one; those
    without quotes only if `bare`, for a word of the session knows best what follows it.
    """
    words = session.tongue.words
    said = text.lstrip()
    for line in (f"{session.at()} {said}", said, f"{words.word(EXPECT)} {said.removeprefix('?')}"):
        script = f'{words.word("_TEST")} "-"\n  {line}'
        cursor = Cursor(script, len(script), words.code)
        for file, span in cursor.trees("STRING"):
            yield from map(quoted, _known(session, file, span))
        for file, span in cursor.trees("NAME") if bare else ():
            yield from _known(session, file, span)


def _known(session: Session, file: File, span: Span) -> Iterator[str]:
    """The names there are of what a place in a tree names."""
    for one in names_of(file).occurrences:
        if span.start <= one.span.start <= one.span.end <= span.end:
            for kind, _, owner in (symbol for way in one.ways for symbol in way):
                if kind in _NAMED and (kind != "field" or owner == CONTACT):
                    yield from _NAMED[kind](session)
