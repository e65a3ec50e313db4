"""What the engine writes to people, in the workspace's language: notices, results, report mails.

The sentences stand in the keyword tables.  Histories, refusals and the reasons in reports stay
English in every language: their words are an interface.
"""

from __future__ import annotations

from typing import NamedTuple

from flowlang.speech import in_language
from flowlang.syntax import keywords

Part = str | int


class Said(NamedTuple):
    """A sentence that is told in more than one language."""

    key: str
    parts: dict[str, Part]

    def say(self, language: str) -> str:
        """The sentence in a language."""
        return say(language, self.key, **self.parts)


def say(language: str, key: str, **parts: Part) -> str:
    """A sentence about what has happened; numbers in it as the language writes them."""
    words = keywords.load(language)
    shown = {
        name: number(language, part) if isinstance(part, int) else in_language(part, language)
        for name, part in parts.items()
    }
    return words.say(f"told-{key}", **shown)


def number(language: str, amount: int) -> str:
    """A number with its thousands apart."""
    return f"{amount:,}".replace(",", keywords.load(language).say("thousands"))


def counted(language: str, noun: str, count: int) -> str:
    """A number with its noun: `1 code`, `2 codes`."""
    return say(language, f"one-{noun}" if count == 1 else f"many-{noun}s", count=count)


def reason(language: str, because: str) -> str:
    """The reason for which a send was skipped."""
    key = f"told-{because.replace(' ', '-')}"
    words = keywords.load(language)
    return words.say(key) if key in words.sentences else because
