"""A contact that is given twice is one: its line is changed where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from flowlang.repl.script import INDENT, Line, read_lines
from flowlang.syntax import scripts


def made(line: Line) -> str:
    """The contact that a line makes, or empty."""
    match line.node:
        case scripts.GivenContact(name=name):
            return str(name.value) if name else "contact"
        case scripts.Moving(action=scripts.NewContact(name=name)):
            return str(name.value)
    return ""


def amended(lines: tuple[Line, ...], new: Line, language: str) -> tuple[Line, ...]:
    """Lines with one behind them; a contact that is given again is changed where it stands."""
    if isinstance(new.node, scripts.GivenContact):
        for place, line in enumerate(lines):
            if isinstance(line.node, scripts.GivenContact) and made(line) == made(new):
                both = _together(line, new, language)
                return (*lines[:place], both, *lines[place + 1 :])
    return (*lines, new)


def _together(known: Line, new: Line, language: str) -> Line:
    """A contact with what is said of it anew: fields and records in place of those it had."""
    said = list(_parts(new))
    again = {about for about, _ in said}
    texts = [text for about, text in _parts(known) if about not in again]
    head = known.text.partition("\n")[0]
    return read_lines("\n".join([head, *texts, *(text for _, text in said)]), language)[0]


def _parts(line: Line) -> Iterator[tuple[str, str]]:
    """What is said of a contact, part by part: what it is about, and its text."""
    texts: list[str] = []
    for text in line.text.split("\n")[1:]:
        if text.startswith(INDENT) and not text.startswith(f"{INDENT} "):
            texts.append(text)
        else:
            texts[-1] += f"\n{text}"
    said = [text for text in texts if not text.lstrip().startswith("#")]
    assert isinstance(line.node, scripts.GivenContact)
    for part, text in zip(line.node.lines or (), said, strict=True):
        if isinstance(part, (scripts.GivenField, scripts.GivenRecord)):
            yield str(part.name.value), text
        else:
            yield text, text
