"""SENTENCE → ANOTHER LANGUAGE: what flow says to people, by catalogues in the gettext format.

A sentence is written in English where it is said, as `tr("there is no {thing}", thing=…)`: a
`Text`, which is that English sentence to all who take it for a `str`, and which knows how it is
said in a language that has a catalogue in `locale`.  In one that has none it stays English, so a
new language needs no catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from string import Formatter
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from gettext import GNUTranslations

ENGLISH = "en"
"""The language that sentences are written in."""


class Text(str):
    """An English sentence that can be said in other languages; its parts may be such, too."""

    __slots__ = ("many", "parts", "template")
    template: str
    """A format string, and what its translation is found by."""
    many: str
    """The same for several, where the sentence counts something: `count`, in its parts."""
    parts: Mapping[str, Any]

    def __new__(cls, template: str, parts: Mapping[str, Any], many: str = "") -> Self:
        chosen = many if many and parts["count"] != 1 else template
        made = super().__new__(cls, chosen.format(**parts))
        made.template, made.parts, made.many = template, parts, many
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.template, dict(self.parts), self.many

    def in_(self, language: str) -> str:
        """The sentence in a language."""
        return said(self.template, self.parts, language, self.many)


def tr(template: str, /, **parts: object) -> Text:
    """A sentence.  Extraction finds it by this call, so the template is a literal."""
    return Text(template, parts)


def tr_n(one: str, many: str, count: int, /, **parts: object) -> Text:
    """A sentence about so many (`{count:,}` in it), of which there are two in English."""
    return Text(one, {"count": count, **parts}, many)


def forms(one: str, many: str, /) -> tuple[str, str]:
    """What `tr_n` takes, for those who count later; extraction finds it like that."""
    return one, many


def joined(texts: Iterable[str], separator: str = ", ") -> Text:
    """Several, with a separator between them that may be a word."""
    parts: dict[str, str] = {}
    for text in texts:
        if parts:
            parts[f"between_{len(parts)}"] = separator
        parts[f"part_{len(parts)}"] = text
    return Text("".join(f"{{{name}}}" for name in parts), parts)


def some(names: Iterable[str], most: int = 5, *, all_at: str = "") -> Text:
    """Names in words: the first ones, how many more there are, and the command that lists all."""
    known = list(names)
    shown, more = joined(known[:most]), len(known) - most
    if more <= 0:
        return shown
    if all_at:
        return tr(
            "{names} and {count:,} more (`{command}` lists all)",
            names=shown, count=more, command=all_at,
        )  # fmt: skip
    return tr("{names} and {count:,} more", names=shown, count=more)


class Retold:
    """Sentences that come or are kept in English, known again by their form: what a history says,
    or another program.

    A template is one as `tr` takes it; where several fit, the one with the most words of its own
    does.  `within` says of a place how what stands in it is known again.  A place takes as little
    as it can, `greedy` ones as much.
    """

    def __init__(
        self,
        *templates: str,
        within: Mapping[str, Callable[[str], str]] | None = None,
        greedy: frozenset[str] = frozenset(),
    ) -> None:
        self._templates = templates
        self._within = within or {}
        self._greedy = greedy

    def __call__(self, text: str) -> str:
        """The sentence as a Text; as it is, where none of the templates fits."""
        if isinstance(text, Text):
            return text
        for template, pattern in self._forms:
            found = pattern.fullmatch(text)
            if found is not None:
                parts = {
                    name: self._within[name](part) if name in self._within else part
                    for name, part in found.groupdict().items()
                }
                return Text(template, parts)
        return text

    @cached_property
    def _forms(self) -> list[tuple[str, re.Pattern[str]]]:
        made: list[tuple[int, str, re.Pattern[str]]] = []
        for template in self._templates:
            parts = [(text, name) for text, name, _, _ in Formatter().parse(template)]
            own = "".join(text for text, _ in parts)
            pattern = "".join(
                re.escape(text) + (f"(?P<{name}>{self._any(name)})" if name else "")
                for text, name in parts
            )
            made.append((-len(own), template, re.compile(pattern, re.DOTALL)))
        return [(template, pattern) for _, template, pattern in sorted(made, key=lambda m: m[0])]

    def _any(self, name: str) -> str:
        return ".+" if name in self._greedy else ".+?"


def why(failure: Exception) -> str:
    """What an exception says: the sentence that it was raised with, which `str` would forget."""
    said = failure.args[0] if failure.args else ""
    return said if isinstance(said, Text) else str(failure)


def in_language(text: object, language: str) -> str:
    """How something is said in a language: a Text is translated, all else stays as it is."""
    return text.in_(language) if isinstance(text, Text) else str(text)


def said(template: str, parts: Mapping[str, Any], language: str, many: str = "") -> str:
    """A template in a language, with its parts, which are said in that language as well."""
    catalogue = _catalogue(language)
    if catalogue is None:
        return str(Text(template, parts, many))
    translated = template and catalogue.gettext(template)
    if many:
        translated = catalogue.ngettext(template, many, parts["count"])
    told = {
        name: part.in_(language) if isinstance(part, Text) else part for name, part in parts.items()
    }
    apart = catalogue.pgettext("between thousands", ",")
    numbers = _Numbers(apart, catalogue.pgettext("decimal mark", "."))
    return numbers.vformat(translated, (), told)


def template(text: str, language: str) -> str:
    """A template in a language, its places left open."""
    catalogue = _catalogue(language)
    return text if catalogue is None or not text else catalogue.gettext(text)


def paragraphs(text: str, language: str) -> str:
    """A text of several paragraphs in a language; each is translated by itself."""
    catalogue = _catalogue(language)
    if catalogue is None:
        return text
    from textwrap import fill

    return "\n\n".join(
        fill(catalogue.gettext(flat), 100, break_long_words=False, break_on_hyphens=False)
        if (flat := " ".join(paragraph.split()))
        else ""
        for paragraph in text.split("\n\n")
    )


class _Numbers(Formatter):
    """Sets thousands apart and marks decimals as a language does."""

    def __init__(self, separator: str, mark: str) -> None:
        self.separator = separator
        self.mark = mark

    def format_field(self, value: Any, format_spec: str) -> str:
        shown: str = super().format_field(value, format_spec)
        if not format_spec.endswith((",", "g")):
            return shown
        return shown.translate({ord(","): self.separator, ord("."): self.mark})


def _catalogue(language: str) -> GNUTranslations | None:
    """The catalogue of a language; None for English, and where there is none."""
    if language == ENGLISH:
        return None
    from flowlang import catalogues

    return catalogues.load(language)
