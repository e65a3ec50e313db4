"""A word of the session: what it does, what it says of itself, how it is completed."""

from __future__ import annotations

import pkgutil
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from inspect import cleandoc
from typing import ClassVar

from flowlang.repl.session import Session
from flowlang.repl.told import Told
from flowlang.speech import tr


class Word(ABC):
    """One word.  Its docstring is its help; the first line of it stands in the list."""

    names: ClassVar[tuple[tuple[str, str], ...]]
    """Its phrases in lower case, each with its language; the English ones hold everywhere."""
    usage: ClassVar[tuple[str, ...]]
    """How it is used, an example each."""
    topic: ClassVar[str]
    """Under which heading the help lists it."""

    @abstractmethod
    def do(self, session: Session, rest: str) -> Told:
        """What it does with what stands behind it.  Raises Wrong, and changes nothing then."""

    def takes(self, rest: str) -> bool:
        """Whether it is this word, with what stands behind it; else it is one of the language."""
        return True

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        """What the word that is being typed behind it may be."""
        return ()

    def paths(self, session: Session, begun: str) -> Iterable[str]:
        """The paths that the word which is being typed may become."""
        return ()

    def phrases(self, language: str) -> tuple[str, ...]:
        """How it can be said, the usual way first."""
        own = [phrase for code, phrase in self.names if code == language]
        return (*own, *(phrase for code, phrase in self.names if code == "en" != language))


TOPICS = (
    tr("what happens"), tr("the clock"), tr("looking"), tr("why"), tr("other ways"), tr("files"),
    tr("the session"),
)  # fmt: skip
"""The headings of the help, in order."""


def about(one: Word) -> list[str]:
    """What a word says of itself: its help, a paragraph each."""
    return [" ".join(part.split()) for part in cleandoc(one.__doc__ or "").split("\n\n")]


@cache
def words() -> tuple[Word, ...]:
    """All words: each module in the folder `words` has one, as `WORD`."""
    from flowlang.repl import words as folder

    names = sorted(one.name for one in pkgutil.iter_modules(folder.__path__))
    return tuple(import_module(f"{folder.__name__}.{name}").WORD for name in names)


def find(text: str, language: str) -> tuple[Word, str] | None:
    """The word that a text begins with, and the rest of it; the longest phrase counts."""
    best: tuple[int, Word, str] | None = None
    for word in words():
        for phrase in word.phrases(language):
            rest = _behind(phrase, text)
            if rest is not None and word.takes(rest) and (best is None or len(phrase) > best[0]):
                best = len(phrase), word, rest
    return best[1:] if best is not None else None


def alone(text: str, language: str) -> str | None:
    """The phrase that a text begins with, of a word that does not take what stands behind it."""
    phrases = (phrase for word in words() for phrase in word.phrases(language))
    return next((phrase for phrase in phrases if _behind(phrase, text)), None)


def _behind(phrase: str, text: str) -> str | None:
    """What stands behind a phrase at the beginning of a text; None where it is not there."""
    pattern = r"\s+".join(re.escape(part) for part in phrase.split())
    guard = r"(?![\w-])" if phrase[-1].isalnum() else ""
    found = re.match(pattern + guard, text, re.IGNORECASE)
    return text[found.end() :].strip() if found is not None else None
