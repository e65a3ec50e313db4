"""Where something in a template stands in the source, as exactly as can be told."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from flowlang.check.names import Part
from flowlang.source import Span

if TYPE_CHECKING:
    from jinja2 import Environment, TemplateSyntaxError

_TAG = re.compile(r"\{\{.*?(?:\}\}|$)|\{%.*?(?:%\}|$)|\{#.*?(?:#\}|$)")
"""A tag in one line; one that does not end there goes on to its end."""
MAX_TRIED = 100
"""Tags of a line that are tried one by one."""
_TAG_NAME = re.compile(r"\{%[-+]?\s*(\w+)")


def place_of(part: Part, word: str, line: int | None) -> Span:
    """Where a word of a template stands in the source: at the placeholder, as exactly as can be.

    Of a few shapes Jinja does not know the line.
    """
    start = 0
    for _ in range((line or 1) - 1):
        start = part.text.find("\n", start) + 1
    lead, tail = r"(?<![\w-])" * word[:1].isalnum(), r"(?![\w-])" * word[-1:].isalnum()
    pattern = re.compile(f"{lead}{re.escape(word)}{tail}")
    in_line = part.text.find("{", start)
    match = pattern.search(part.text, max(in_line, start)) or pattern.search(part.text, start)
    if match is None:
        return part.span
    return in_source(part, match.start(), match.end())


def in_source(part: Part, start: int, end: int) -> Span:
    """The place in the source of a stretch of a template's text."""
    if part.token is None:
        return Span(part.span.source, start, end)
    raw, word = part.token.span, part.text[start:end]
    at = raw.start
    for _ in range(part.text.count(word, 0, start) + 1):
        at = raw.source.text.find(word, at, raw.end)
        if at < 0:
            return part.span
        at += len(word)
    return Span(raw.source, at - len(word), at)


def broken_tag(part: Part, error: TemplateSyntaxError, environment: Environment) -> Span:
    """Where a template cannot be read: at the tag, where the line has one or it breaks by itself;
    of its place Jinja knows the line alone.
    """
    message, line = str(error.message), error.lineno
    lines = part.text.split("\n")
    start = sum(len(one) + 1 for one in lines[: line - 1])
    tags = list(islice(_TAG.finditer(lines[line - 1]), MAX_TRIED)) if line <= len(lines) else []
    wrong = [
        tag
        for tag in tags
        if _complaint(tag[0], environment) == message or _named_in(tag[0], message)
    ] or tags
    if wrong and (len(wrong) == 1 or wrong is not tags):
        span = in_source(part, start + wrong[0].start(), start + wrong[0].end())
        if span != part.span:
            return span
    return _line_span(part, line)


def _complaint(tag: str, environment: Environment) -> str:
    """What is said about a tag that stands alone."""
    from jinja2 import TemplateSyntaxError

    try:
        environment.parse(tag)
    except TemplateSyntaxError as error:
        return str(error.message)
    except RecursionError:
        pass
    return ""


def _named_in(tag: str, message: str) -> bool:
    """Whether it is the tag that a message about unknown tags names."""
    word = _TAG_NAME.match(tag)
    return word is not None and f"unknown tag '{word[1]}'" in message


def _line_span(part: Part, line: int) -> Span:
    first, last = part.span.source.position(part.span.start)[0], part.span.end
    if part.token is None:
        number = line
    else:
        opening = part.token.span.text
        number = first + line - 1 + (1 if opening.startswith('"""\n') else 0)
    text = part.span.source.line(number)
    source_text = part.span.source.text
    start = sum(len(one) + 1 for one in source_text.split("\n")[: number - 1])
    begin = start + len(text) - len(text.lstrip())
    end = start + len(text)
    return Span(part.span.source, begin, end) if begin < end <= max(last, end) else part.span
