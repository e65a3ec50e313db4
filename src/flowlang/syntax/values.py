"""What the text of a value token means: strings unescaped, blocks dedented, numbers read."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import Any

_ESCAPE = re.compile(r'\\(["\\n])')


def value(kind: str, text: str) -> Any:
    """The value of a lexeme.  Dates and times stay text: the checker says whether they exist."""
    if kind == "STRING":
        return string(text)
    if kind == "BLOCK":
        return block(text)
    if kind == "NUMBER":
        return float(text) if "." in text else int(text)
    if kind == "PERCENT":
        number = text.rstrip("% ")
        return float(number) if "." in number else int(number)
    if kind == "DATETIME":
        return " ".join(text.split())
    return text


def string(text: str) -> str:
    """The content of `"…"`."""
    inner = text[1:-1]
    if "\\" not in inner:
        return inner
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], inner)


def block(text: str) -> str:
    """The content of a text block: dedented, without the line breaks next to its quotes."""
    inner = text[3:-3]
    first, newline, rest = inner.partition("\n")
    if not newline:
        return inner.strip()
    lines = dedent(rest.rstrip(" \t")).removesuffix("\n")
    return first.strip() + "\n" + lines if first.strip() else lines
