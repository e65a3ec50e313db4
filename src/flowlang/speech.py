"""SENTENCE → ANOTHER LANGUAGE: what flow says to people, by catalogues in the gettext format.

A sentence is written in English where it is said, as `tr("there is no {thing}", thing=…)`: a
`Text`, which is that English sentence to all who take it for a `str`, and which knows how it is
said in a language that has a catalogue in `locale`.  In one that has none it stays English, so a
new language needs no catalogue.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any, Self

from flowlang import resources

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

    def in_(self, language: str) -> str:
        """The sentence in a language."""
        return said(self.template, self.parts, language, self.many)


def tr(template: str, /, **parts: object) -> Text:
    """A sentence.  Extraction finds it by this call, so the template is a literal."""
    return Text(template, parts)


def tr_n(one: str, many: str, count: int, /, **parts: object) -> Text:
    """A sentence about so many (`{count:,}` in it), of which there are two in English."""
    return Text(one, {"count": count, **parts}, many)


def joined(texts: Iterable[str], separator: str = ", ") -> Text:
    """Several, with a separator between them that may be a word."""
    parts: dict[str, str] = {}
    for text in texts:
        if parts:
            parts[f"between_{len(parts)}"] = separator
        parts[f"part_{len(parts)}"] = text
    return Text("".join(f"{{{name}}}" for name in parts), parts)


def in_language(text: object, language: str) -> str:
    """How something is said in a language: a Text is translated, all else stays as it is."""
    return text.in_(language) if isinstance(text, Text) else str(text)


def said(template: str, parts: Mapping[str, Any], language: str, many: str = "") -> str:
    """A template in a language, with its parts, which are said in that language as well."""
    catalogue = None if language == ENGLISH else _catalogue(language)
    if catalogue is None:
        return str(Text(template, parts, many))
    translated = template and catalogue.gettext(template)
    if many:
        translated = catalogue.ngettext(template, many, parts["count"])
    told = {
        name: part.in_(language) if isinstance(part, Text) else part for name, part in parts.items()
    }
    return _Numbers(catalogue.pgettext("between thousands", ",")).vformat(translated, (), told)


def template(text: str, language: str) -> str:
    """A template in a language, its places left open."""
    catalogue = None if language == ENGLISH else _catalogue(language)
    return text if catalogue is None or not text else catalogue.gettext(text)


def paragraphs(text: str, language: str) -> str:
    """A text of several paragraphs in a language; each is translated by itself."""
    catalogue = None if language == ENGLISH else _catalogue(language)
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
    """Sets thousands apart as a language does."""

    def __init__(self, separator: str) -> None:
        self.separator = separator

    def format_field(self, value: Any, format_spec: str) -> str:
        shown: str = super().format_field(value, format_spec)
        return shown.replace(",", self.separator) if format_spec == "," else shown


# -------------------------------------------------------------- catalogues


@cache
def _catalogue(language: str) -> GNUTranslations | None:
    """The catalogue of a language: the one shipped, else a kept one, else made now and kept."""
    folder = resources.locale()
    shipped, written = folder / f"{language}.mo", folder / f"{language}.po"
    if shipped.is_file():
        return _read(shipped)
    if not written.is_file():
        return None
    source = written.read_bytes()
    kept = resources.kept()
    own = kept / "locale" / f"{blake2b(source, digest_size=16).hexdigest()}.mo" if kept else None
    found = _read(own) if own else None
    if found is None:
        data = compiled(source)
        if own:
            resources.keep(own, data)
        found = _parsed(data)
    return found


def compiled(source: bytes) -> bytes:
    """A catalogue as people write it (.po) in the form that programs read (.mo)."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    made = BytesIO()
    write_mo(made, read_po(BytesIO(source), abort_invalid=True))
    return made.getvalue()


def _read(path: Path) -> GNUTranslations | None:
    try:
        return _parsed(path.read_bytes())
    except (OSError, ValueError, struct.error):
        return None


def _parsed(data: bytes) -> GNUTranslations:
    from gettext import GNUTranslations

    return GNUTranslations(BytesIO(data))
