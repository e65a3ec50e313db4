"""`contact anna score=60 country=DE`"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flowlang.repl import saying
from flowlang.repl.script import Wrong, named, quoted
from flowlang.repl.session import Session
from flowlang.repl.told import Told
from flowlang.repl.typed import literal, pairs
from flowlang.repl.usual import usual
from flowlang.repl.word import Word
from flowlang.speech import tr

_NAME = re.compile(r"""\"(?:[^\"\\]|\\.)*\"|[^\s\"'=,]+""")
_SET = re.compile(r"([^\W\d_][\w-]*)=\s*$")
_GIVEN = ("_TAG", "_GROUP", "_MARKETING_BY", "_BLOCKED", "_ROBINSON")


class Contact(Word):
    """Makes a contact, or changes one; it is meant from then on.

    Before time has begun the contact stands there and nothing starts; later it comes, which is a
    trigger. Fields are `name=value`; `tag "x"`, `group "x"`, `marketing by email`, `blocked` and
    `robinson` are those of a test, here behind each other. Records stand on lines of their own, as
    in a test: `contact "anna"`, then the lines below it, two spaces in.
    """

    names = (("en", "contact"), ("de", "kontakt"))
    usage = (tr('contact anna score=60 country=DE tag "vip" marketing by email'),)
    topic = "what happens"

    def do(self, session: Session, rest: str) -> Told:
        first, _, block = rest.partition("\n")
        found = _NAME.match(first)
        name = named(found[0]) if found is not None else ""
        if found is None or not name.strip():
            raise Wrong(tr("a contact has a name"), tr("write `contact anna`"))
        lines = [*_given(session, first[found.end() :].strip()), *_block(block)]
        text = "\n".join([_head(session, quoted(name)), *(f"  {line}" for line in lines)])
        return saying.say(session, text) or [saying.stands(session)]

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        words = session.tongue.words
        field = _SET.search(rest)
        if field is not None:
            yield from usual(session, field[1])
            return
        yield from (f"{name}=" for name in session.program.names.fields if name != "id")
        yield from (words.word(one) for one in _GIVEN)


def _head(session: Session, name: str) -> str:
    tongue = session.tongue
    if session.stage.begun:
        return session.at(f"{tongue.word('_CONTACT')} {name}")
    return f"{tongue.word('_GIVEN_CONTACT')} {name}"


def _given(session: Session, text: str) -> list[str]:
    """The lines below a contact that is given in one line.  Raises Wrong."""
    fields = session.program.names.fields
    lines: list[str] = []
    last = ""
    for before, name, value in pairs(text):
        lines += _facts(session, before, last)
        if name:
            lines.append(f"{name} {literal(session, value, name, fields)}")
            last = f"{name}={value}"
    return lines


def _facts(session: Session, text: str, last: str) -> list[str]:
    """`tag "vip" marketing by email` as two lines; `last` is the pair that stands before it."""
    forms = sorted({form for one in _GIVEN for form in session.tongue.words.forms(one)}, key=len)
    starts = "|".join(re.escape(form) for form in reversed(forms))
    fact = rf"(?=(?:{starts})(?![\w-]))"
    parts = re.split(rf"(?:^|[\s,]+){fact}|,", text, flags=re.IGNORECASE)
    found = [part.strip() for part in parts if part.strip()]
    for part in found:
        field, _, value = part.partition(" ")
        if re.match(fact, part, re.IGNORECASE) or (value and field in session.program.names.fields):
            continue
        name, _, begun = last.partition("=")
        text = f"{begun} {part}"
        hint = tr(
            'a text of several words stands in quotes: `{name}="{text}"`', name=name, text=text
        )
        raise Wrong(
            tr("`{word}` says nothing of a contact", word=part),
            hint if last else tr("try `help contact`"),
        )
    return found


def _block(text: str) -> list[str]:
    """The lines below, without the indentation they share."""
    lines = text.rstrip().split("\n") if text.strip() else []
    shared = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[shared:] for line in lines]


WORD = Contact()
