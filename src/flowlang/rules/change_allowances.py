"""Comments that allow a change: `# flow: allow change until 2026-12-31 because the law changed`.

Behind `change` may stand which kind is meant (`in flight`, `policy`) and, in quotes, the names of
what has changed.  What they allow is `flow diff`'s affair; here they are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from flowlang.rules.comments import CHANGES, Comment, any_of, spoken
from flowlang.source import Span
from flowlang.speech import tr
from flowlang.syntax.keywords import Keywords

_NAMES = re.compile(r'"([^"]*)"')


@dataclass(frozen=True, slots=True)
class ChangeAllowance:
    """One comment that allows changes."""

    span: Span
    until: date
    """The last day on which it holds."""
    because: str
    kinds: tuple[str, ...]
    """Which effects it allows, as `changes.Effect` calls them; empty for all."""
    names: tuple[str, ...]
    """Of what; empty for all that stands there."""


class Unreadable(ValueError):
    """A comment would allow a change and cannot be read; the message says why, for a person."""


def read(comment: Comment, words: Keywords) -> ChangeAllowance:
    """What a comment allows; `words` are those of its file, for what is wrong.

    Raises Unreadable.
    """
    said = comment.rest.removeprefix(comment.change).strip()
    found = _form().fullmatch(f" {said}")
    if found is None or not found["why"].strip():
        raise Unreadable(tr("this allows no change: write `{form}`", form=example(words)))
    try:
        until = date.fromisoformat(found["until"])
    except ValueError:
        text = found["until"]
        raise Unreadable(tr('"{text}" is no date such as 2026-12-31', text=text)) from None
    rest = _NAMES.sub("", found["what"].lower())
    kinds = []
    for kind in CHANGES:
        rest, times = re.subn(rf"(?<!\w)(?:{any_of(kind)})(?!\w)", "", rest)
        kinds += [kind] if times else []
    if rest := rest.strip(" \t,"):
        first, second = (spoken(kind, words) for kind in CHANGES)
        raise Unreadable(
            tr(
                "`{text}`: expected `{first}`, `{second}`, or names in quotes",
                text=rest, first=first, second=second,
            )
        )  # fmt: skip
    names = tuple(_NAMES.findall(found["what"]))
    return ChangeAllowance(comment.span, until, found["why"].strip(), tuple(kinds), names)


def example(words: Keywords, day: str = "2026-12-31") -> str:
    """How such a comment is written in a language, up to a day."""
    verb, change, until, because = (
        spoken(key, words) for key in ("allow", "change", "until", "because")
    )
    return f"# flow: {verb} {change} {until} {day} {because} …"


@cache
def _form() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<what>.*?)[ \t]+(?:{any_of('until')})[ \t]+(?P<until>\S+)[ \t]+"
        rf"(?:{any_of('because')})(?!\w)[ \t:]*(?P<why>.*)",
        re.IGNORECASE,
    )
