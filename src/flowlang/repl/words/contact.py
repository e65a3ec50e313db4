"""`contact anna score=60 country=DE`"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flowlang.kinds import in_words
from flowlang.repl import saying
from flowlang.repl.script import Wrong, named, quoted
from flowlang.repl.session import Session
from flowlang.repl.told import Row, Told, row
from flowlang.repl.word import Word

_NAME = re.compile(r"""\"(?:[^\"\\]|\\.)*\"|[^\s\"'=,]+""")
_GIVEN = ("_TAG", "_GROUP", "_MARKETING_BY", "_BLOCKED", "_ROBINSON")


class Contact(Word):
    """Makes a contact, or changes one.

    Before time has begun the contact stands there and nothing starts; later it comes, which is a
    trigger. Fields are `name=value`; `tag "x"`, `group "x"`, `marketing by email`, `blocked` and
    `robinson` are those of a test, here behind each other. Records stand on lines of their own, as
    in a test: `contact "anna"`, then the lines below it, two spaces in.
    """

    names = (("en", "contact"), ("de", "kontakt"))
    usage = ('contact anna score=60 country=DE tag "vip" marketing by email',)
    topic = "what happens"

    def do(self, session: Session, rest: str) -> Told:
        first, _, block = rest.partition("\n")
        found = _NAME.match(first)
        name = named(found[0]) if found is not None else ""
        if found is None or not name.strip():
            raise Wrong("a contact has a name", "write `contact anna`")
        lines = [*_given(session, first[found.end() :].strip()), *_block(block)]
        text = "\n".join([_head(session, quoted(name)), *(f"  {line}" for line in lines)])
        before = len(session.stage.decisions)
        session.perform(session.read(text))
        return saying.happened(session, before) or [_stands(session)]

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        words = session.tongue.words
        yield from (f"{name}=" for name in session.program.names.fields if name != "id")
        yield from (words.word(one) for one in _GIVEN)


def _head(session: Session, name: str) -> str:
    tongue = session.tongue
    if session.stage.begun:
        return session.at(f"{tongue.word('_CONTACT')} {name}")
    return f"{tongue.word('_GIVEN_CONTACT')} {name}"


def _given(session: Session, text: str) -> list[str]:
    """The lines below a contact that is given in one line."""
    fields = session.program.names.fields
    lines: list[str] = []
    for before, name, value in saying.pairs(text):
        lines += _facts(session, before)
        if name:
            lines.append(f"{name} {saying.literal(value, name, fields, saying.yes_no(session))}")
    return lines


def _facts(session: Session, text: str) -> list[str]:
    """`tag "vip" marketing by email` as two lines."""
    forms = sorted({form for one in _GIVEN for form in session.tongue.words.forms(one)}, key=len)
    starts = "|".join(re.escape(form) for form in reversed(forms))
    parts = re.split(rf"(?:^|[\s,]+)(?=(?:{starts})(?![\w-]))|,", text, flags=re.IGNORECASE)
    return [part.strip() for part in parts if part.strip()]


def _block(text: str) -> list[str]:
    """The lines below, without the indentation they share."""
    lines = text.rstrip().split("\n") if text.strip() else []
    shared = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[shared:] for line in lines]


def _stands(session: Session) -> Row:
    contact = session.contact()
    zone = session.program.config.timezone
    fields = [f"{name} {in_words(value, zone)}" for name, value in contact.fields.items()]
    return row("  ", ("strong", contact.id), f"  {', '.join(fields)}", hang=4)


WORD = Contact()
