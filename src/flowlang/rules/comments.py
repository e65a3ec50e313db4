"""Comments that speak to flow: `# flow: allow …`, in the words of any language.

Behind a statement a comment holds for that line, behind a line of a message for the text that it
gives or names; on a line of its own for the statement below it and all that stands in it; at the
head of the file, before an empty line, for the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from flowlang.source import Span
from flowlang.syntax import keywords
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.lexeme import Line
from flowlang.syntax.parser import Parsed

_COMMENT = re.compile(
    r"\#[ \t]*flow[ \t]*:[ \t]*(?P<verb>\w+)[ \t]*(?P<rest>[^\n]*)", re.IGNORECASE
)
CHANGES = ("in flight", "policy")
"""The kinds of changes that a comment can name; their words are in the keyword tables."""


class Comment(NamedTuple):
    """One of them."""

    span: Span
    """Of all of it, from `#` on."""
    verb: Span
    start: int
    """Where stands what follows the verb."""
    rest: str
    """What follows the verb."""

    @property
    def allows(self) -> bool:
        """Whether it begins as those do that allow something."""
        return self.verb.text.lower() in forms("allow")

    @property
    def change(self) -> str:
        """The word with which it speaks of changes; empty where it speaks of rules."""
        found = _change().match(self.rest)
        return found[0] if found is not None else ""


def comments(parsed: Parsed) -> Iterator[Comment]:
    """Those of a file, in order."""
    source, text = parsed.source, parsed.source.text
    if "flow" not in text or "#" not in text:
        return
    for found in _COMMENT.finditer(text):
        if not _within_a_text(parsed, found.start()):
            end = found.start() + len(found[0].rstrip())
            whole, verb = Span(source, found.start(), end), Span(source, *found.span("verb"))
            yield Comment(whole, verb, found.start("rest"), found["rest"].rstrip())


@cache
def forms(key: str) -> tuple[str, ...]:
    """What is read for a word of such comments: the forms of all languages."""
    found = (form for code in keywords.languages() for form in keywords.load(code).comments[key])
    return tuple(dict.fromkeys(found))


def any_of(key: str) -> str:
    """The same as a part of a regular expression."""
    return "|".join(re.escape(form) for form in sorted(forms(key), key=len, reverse=True))


def spoken(key: str, words: Keywords) -> str:
    """How a word of such comments is written in a language."""
    return words.comments[key][0]


@cache
def _change() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of('change')})(?!\w)", re.IGNORECASE)


def _within_a_text(parsed: Parsed, at: int) -> bool:
    """Whether a place is within a text in quotes, where `#` begins no comment."""
    return any(
        lexeme.start < at < lexeme.end
        for line in parsed.lines
        if line.start < at < line.end
        for lexeme in line.lexemes
        if lexeme.kind in ("STRING", "BLOCK")
    )


def scope(parsed: Parsed, at: int) -> tuple[int, int]:
    """Where a comment holds."""
    lines, text = parsed.lines, parsed.source.text
    behind = next((line for line in lines if _ends_before(line, at, text)), None)
    if behind is not None:
        return behind.start, behind.end
    following = next((index for index, line in enumerate(lines) if line.start > at), None)
    if following is None or (following == 0 and "\n\n" in text[at : lines[0].start]):
        return 0, len(text) + 1
    return _block(lines, following)


def _ends_before(line: Line, at: int, text: str) -> bool:
    """Whether the comment stands in the line, or behind it."""
    return line.start < at and "\n" not in text[line.end : at]


def _block(lines: list[Line], index: int) -> tuple[int, int]:
    """From the start of a line to the end of the last line that stands in it."""
    first = lines[index]
    last = first
    for line in lines[index + 1 :]:
        if line.width <= first.width:
            break
        last = line
    return first.start, last.end
