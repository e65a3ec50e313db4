"""WHAT IS TYPED WITHOUT QUOTES: `name=value` as the language writes it, read like outside data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flowlang.calendar import zone as zone_of
from flowlang.kinds import BadValue, Fields, Kind, read
from flowlang.repl.outcome import written
from flowlang.repl.script import Line, Wrong, quoted
from flowlang.repl.session import Session
from flowlang.repl.told import Told, row
from flowlang.speech import tr, why
from flowlang.steps.set import Set
from flowlang.steps.tag import Tag
from flowlang.steps.untag import Untag
from flowlang.syntax import expressions, scripts
from flowlang.syntax.tree import walk
from flowlang.syntax.values import string

_PAIR = re.compile(
    r"""(?P<name>[^\W\d_][\w-]*)\s*=\s*
    (?P<value>
        "(?:[^"\\]|\\.)*"
        | (?:\d{4}-\d\d?-\d\d?|\d\d?\.\d\d?\.\d{4})[ ]+\d\d?:\d\d
        | -?\d+,\d+(?![^\s,)])
        | [^\s,()"]+
    )""",
    re.VERBOSE,
)
_SKIP = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)')
_OPEN_PAIR = re.compile(r"([^\W\d_][\w-]*)\s*=(?!=)\s*(?:$|,)")
_WRITTEN_OUT = re.compile(r"-?\d+(\.\d+)?%?|\d{4}-\d\d?-\d\d?( +\d\d?:\d\d)?|\d\d?:\d\d")


def pairs(text: str) -> Iterator[tuple[str, str, str]]:
    """The parts of a text: what stands before a pair `name=value`, its name and its value; at the
    end what is left, with an empty name.  Raises Wrong for a pair without a value.
    """
    at = begin = 0
    while at < len(text):
        skipped = _SKIP.match(text, at)
        if skipped is not None:
            at = skipped.end()
            continue
        open_pair = _OPEN_PAIR.match(text, at)
        if open_pair is not None and (at == 0 or not text[at - 1].isalnum()):
            raise Wrong(
                tr("`{name}=` has no value", name=open_pair[1]),
                tr("write `{name}=…`", name=open_pair[1]),
            )
        found = _PAIR.match(text, at) if at == 0 or not text[at - 1].isalnum() else None
        if found is None:
            at += 1
            continue
        yield text[begin : found.start()], found["name"], found["value"]
        at = begin = found.end()
    yield text[begin:], "", ""


def literal(session: Session, raw: str, name: str, fields: Fields) -> str:
    """A value of a field that was typed, as the language writes it.  Raises Wrong."""
    kind = fields.get(name)
    if name == "id" and fields is session.program.names.fields:
        raise Wrong(tr("the name of a contact is its id"))
    if kind is None:
        return raw if raw.startswith('"') or _WRITTEN_OUT.fullmatch(raw) else quoted(raw)
    if kind.name == "list":
        return raw
    value = _read(session, string(raw) if raw.startswith('"') else raw, name, kind)
    text = written(value, session.program.config.timezone)
    if text is None:
        raise Wrong(tr("`{name}`: a line cannot hold this value", name=name))
    words = session.tongue.words
    if isinstance(value, bool):
        return words.word("_YES" if value else "_NO")
    return text if kind.name != "duration" else raw.strip('"')


def _read(session: Session, raw: str, name: str, kind: Kind) -> object:
    words = session.tongue.words
    if kind.name == "yes/no":
        for terminal, meant in (("_YES", "yes"), ("_NO", "no")):
            raw = meant if raw.casefold() in words.forms(terminal) else raw
    try:
        return read(raw, kind, session.program.config.timezone)
    except BadValue as bad:
        raise Wrong(tr("`{name}`: {why}", name=name, why=why(bad))) from None


# ---------------------------------------------------------------------- whole lines


def sound(session: Session, lines: Iterable[Line]) -> None:
    """Raise Wrong for what an import would not take: an address that is none, an empty tag."""
    for name, value in _texts(lines):
        kind = session.program.names.fields.get(name)
        if kind is not None and kind.name in ("email", "phone"):
            _read(session, value, name, kind)
    for line in lines:
        for node in walk(line.node):
            if isinstance(node, (Tag, Untag, scripts.GivenTag)) and not str(node.tag.value).strip():
                raise Wrong(tr("a tag has a name"))


def oddities(lines: Iterable[Line]) -> Told:
    """What an import would tell: a time zone that there is not."""
    return [
        row("  ", tr('there is no time zone "{name}"; that of the workspace is used', name=value))
        for name, value in _texts(lines)
        if name == "timezone" and value and zone_of(value) is None
    ]


def _texts(lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """The fields of contacts that lines give a text, each with its text."""
    for line in lines:
        parts = getattr(line.node, "lines", None) or ()
        action = getattr(line.node, "action", None)
        for part in (*parts, *([action] if isinstance(action, Set) else [])):
            if isinstance(part, scripts.GivenField):
                name = part.name
            elif isinstance(part, Set):
                name = part.field
            else:
                continue
            if isinstance(part.value, expressions.Text):
                yield str(name.value), str(part.value.value.value)
