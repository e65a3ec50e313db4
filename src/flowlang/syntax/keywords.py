"""The words of the language, one table a language, and how a word in a text becomes a terminal.

Keywords are soft: a word is a keyword where the grammar has room for it, longest phrase first, and
a name where only a name fits.  What that leaves open is decided by the table's `[before]`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from flowlang import resources

_HEADER = re.compile(r"\s*#\s*(?P<word>\w+)\s*:\s*(?P<code>[\w-]+)\s*$")
_FIRST = re.compile(r"[^\W\d_][\w-]*|\S")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One spelling of a terminal."""

    terminal: str
    value: Any
    """What the token means: the canonical name of a valued terminal, else True."""
    text: str
    """The spelling, in lower case, with single spaces."""
    rest: Callable[[str, int], re.Match[str] | None] | None
    """Matches what follows the first word at a place, where the phrase has more than one."""
    before: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Keywords:
    """The table of one language, or the union of several (`code` is then empty)."""

    code: str
    name: str
    header: str
    phrases: dict[str, tuple[Phrase, ...]]
    """By first word, in lower case: the longer phrases first."""
    spelling: dict[tuple[str, Any], tuple[str, ...]]
    """The forms of a terminal and value; the first is the one to write."""
    synonyms: dict[str, str] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()
    """Terminals whose forms go by the number before them: for one, for many, for many after …"""
    changes_after: frozenset[str] = frozenset()
    """… one of these terminals."""
    mistaken: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Words that people type from habit, with the words of flow that they mean."""
    explained: dict[str, str] = field(default_factory=dict)
    """Words that flow does not have and that are not near to any it has: what to do instead.

    Nothing is guessed of a line with one: `30 seconds` must not become `30 hours`."""
    clock: dict[str, int] = field(default_factory=dict)
    """Words after a time, with the hours that they add to one before noon; 24 behind those of a
    whole day."""
    filler: frozenset[str] = frozenset()
    """Words that can be left out of a line, and it says the same."""
    aliases: tuple[str, ...] = ()
    """What people write for the code."""
    sentences: dict[str, str] = field(default_factory=dict)
    """What is said about a text that does not parse."""
    things: dict[str, str] = field(default_factory=dict)
    """What stands at a place, by terminal, where that is not a keyword."""
    written: dict[str, dict[str, str]] = field(default_factory=dict)
    """The form to write where it is not the first: by terminal, then by the terminal that follows,
    by the two that follow, or by that which the line begins with."""
    comments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What is read in comments that speak to flow; the first form of each is the one to write."""
    order: dict[str, str] = field(default_factory=dict)
    """For a terminal that may stand on either side of its number, where it is written: `before` or
    `behind` it."""

    def word(self, terminal: str, value: Any = True) -> str:
        """How a terminal is spelt in this language."""
        forms = self.spelling.get((terminal, value))
        if forms is None:
            forms = next(f for (name, _), f in self.spelling.items() if name == terminal)
        return forms[0]

    @property
    def joining(self) -> frozenset[str]:
        """The words for `and` and `or`."""
        return _joining(self.code)

    def forms(self, terminal: str) -> set[str]:
        """All spellings of a terminal, in lower case."""
        return {
            phrase.text
            for some in self.phrases.values()
            for phrase in some
            if phrase.terminal == terminal
        }

    def say(self, key: str, **parts: object) -> str:
        """A sentence of the table, in this language or, where it has none, in English."""
        sentence = self.sentences.get(key) or load("en").sentences[key]
        return sentence.format(**parts)

    def words(self, terminal: str) -> Iterator[str]:
        """The first form of each value of a terminal."""
        for (name, _), forms in self.spelling.items():
            if name == terminal:
                yield forms[0]


def languages() -> tuple[str, ...]:
    """The codes of the languages there are: one file each in grammar/keywords, English first."""
    folder = resources.grammar() / "keywords"
    return tuple(
        sorted((path.stem for path in folder.glob("*.toml")), key=lambda c: (c != "en", c))
    )


@cache
def load(code: str) -> Keywords:
    """The table of a language.  Raises KeyError for one that there is no file for."""
    path = resources.grammar() / "keywords" / f"{code}.toml"
    if not path.is_file():
        raise KeyError(code)
    with path.open("rb") as file:
        raw = tomllib.load(file)
    before = raw.get("before", {})
    found: dict[str, list[Phrase]] = {}
    spelling: dict[tuple[str, Any], tuple[str, ...]] = {}
    entries = [(terminal, True, forms) for terminal, forms in raw["words"].items()]
    entries += [
        (terminal, value, forms)
        for terminal, values in raw["values"].items()
        for value, forms in values.items()
    ]
    for terminal, value, forms in entries:
        spelling[terminal, value] = tuple(forms)
        for form in forms:
            for text in {form, _plain(form)}:
                phrase = _phrase(terminal, value, text, before.get(terminal, ""), code)
                found.setdefault(first_word(text), []).append(phrase)
    for wrong, right in raw.get("synonyms", {}).items():
        for terminal, value, forms in entries:
            if right in forms:
                found.setdefault(first_word(wrong), []).append(
                    _phrase(terminal, value, wrong, "", code)
                )
    return Keywords(
        code,
        raw["name"],
        raw["header"],
        {first: tuple(sorted(some, key=_preference)) for first, some in found.items()},
        spelling,
        synonyms=raw.get("synonyms", {}),
        counted=frozenset(raw.get("counted", ())),
        changes_after=frozenset(raw.get("changes_after", ())),
        mistaken={wrong: _several(right) for wrong, right in raw.get("mistaken", {}).items()},
        explained=raw.get("explained", {}),
        clock=raw.get("clock", {}),
        filler=frozenset(raw.get("filler", ())),
        aliases=tuple(raw.get("aliases", ())),
        sentences=raw.get("sentences", {}),
        # What a table does not say is said in English.
        things={**(load("en").things if code != "en" else {}), **raw.get("things", {})},
        written={
            terminal: {other: form for form, others in forms.items() for other in others}
            for terminal, forms in raw.get("written", {}).items()
        },
        comments={
            **(load("en").comments if code != "en" else {}),
            **{key: tuple(forms) for key, forms in raw.get("comments", {}).items()},
        },
        order=raw.get("order", {}),
    )


@cache
def of_all_languages(*terminals: str) -> tuple[str, ...]:
    """How some terminals are written in each language."""
    found = (load(code).word(terminal) for code in languages() for terminal in terminals)
    return tuple(dict.fromkeys(found))


@cache
def _joining(code: str) -> frozenset[str]:
    words = load(code)
    return frozenset(words.forms("_AND") | words.forms("_OR"))


@cache
def union() -> Keywords:
    """All languages at once, for reading a line that mixes them."""
    phrases: dict[str, list[Phrase]] = {}
    for code in languages():
        for first, some in load(code).phrases.items():
            phrases.setdefault(first, []).extend(some)
    merged = {first: tuple(sorted(some, key=_preference)) for first, some in phrases.items()}
    return Keywords("", "", "", merged, {})


def header(line: str) -> tuple[str, str] | None:
    """Header word and code of a first line such as `# language: en`, or None."""
    found = _HEADER.match(line)
    if found is None:
        return None
    word = found["word"].casefold()
    if any(load(code).header == word for code in languages()):
        return word, found["code"].casefold()
    return None


def language_line(text: str) -> tuple[str, int] | None:
    """The language that the first line of a text names, and where; blank lines may stand above."""
    start = len(text) - len(text.lstrip())
    if not text.startswith("#", start):
        return None
    end = text.find("\n", start)
    line = text[start : end if end >= 0 else len(text)]
    found = header(line)
    if found is None:
        return None
    return found[1], start + line.casefold().rindex(found[1])


@cache
def reserved(code: str) -> frozenset[str]:
    """The words that cannot be names: the grammar needs them where a name could stand.

    Read off the parse table: the one-word keywords of the states that take a NAME at once.
    """
    from flowlang.syntax.table import load as table

    beside: set[str] = set()
    for state in table().states:
        if state.get("NAME", -1) >= 0:
            beside.update(state)
    words = {"event", "reply", "answer", "contact"}
    for first, phrases in load(code).phrases.items():
        for phrase in phrases:
            if phrase.rest is None and phrase.terminal in beside and not phrase.before:
                words.add(first)
    return frozenset(words)


def _phrase(terminal: str, value: Any, text: str, before: str, language: str) -> Phrase:
    first = first_word(text)
    matcher = partial(_matches_rest, text) if len(text) > len(first) else None
    return Phrase(terminal, value, text, matcher, before, language)


def _matches_rest(phrase: str, text: str, at: int) -> re.Match[str] | None:
    return _rest(phrase).match(text, at)


@cache
def _rest(phrase: str) -> re.Pattern[str]:
    """What follows the first word of a phrase; made when it is asked for, as most never are."""
    first = first_word(phrase)
    rest = phrase[len(first) :]
    spaced = r"[ \t]+".join(re.escape(part) for part in rest.split())
    tight = first == "," or rest.startswith(" (") or not rest.startswith(" ")
    lead = r"[ \t]*" if tight else r"[ \t]+"
    guard = r"(?![\w-])" if rest[-1].isalnum() else ""
    return re.compile(lead + spaced + guard, re.IGNORECASE)


def first_word(text: str) -> str:
    """What a phrase is found by."""
    found = _FIRST.match(text)
    if found is None:
        raise ValueError(f"no word in the keyword {text!r}")
    return found[0]


def _preference(phrase: Phrase) -> tuple[int, bool]:
    """Longer phrases first; at equal length the one that asks for what follows."""
    return -len(phrase.text), not phrase.before


def _several(right: str | list[str]) -> tuple[str, ...]:
    return (right,) if isinstance(right, str) else tuple(right)


def same(one: str, other: str) -> bool:
    """Whether two spellings differ in nothing but umlauts that are spelt out."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    for umlaut, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(umlaut, plain)
    return text
