"""The texts that an editor has open, and what the disk holds of all others."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from pygls import uris

from flowlang.source import Findings, Source
from flowlang.syntax.parser import Parsed, parse
from flowlang.syntax.reading import decode

BYTE_ORDER_MARK = "\ufeff"


@dataclass(slots=True)
class Open:
    """A text as an editor has it, and as the stages read it."""

    uri: str
    version: int | None
    raw: str
    source: Source
    language: str = "flow"
    """What the editor takes it for."""
    exact: bool = True
    """Its places are the same in both: it had been composed, and has no mark in front."""

    @classmethod
    def of(cls, uri: str, version: int | None, raw: str, language: str = "flow") -> Open:
        path = path_of(uri)
        source = Source(str(path or uri), raw, path)
        exact = raw.isascii() or (
            not raw.startswith(BYTE_ORDER_MARK) and unicodedata.is_normalized("NFC", raw)
        )
        return cls(uri, version, raw, source, language, exact)

    @property
    def is_flow(self) -> bool:
        """Whether it is a flow file, and not a body file or flow.toml."""
        path = self.source.path
        return self.language == "flow" or (path is not None and path.suffix == ".flow")

    def raw_line(self, number: int) -> str:
        """A line as the editor has it, counted from 1, without its line end."""
        lines = self.raw.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return lines[number - 1] if 1 <= number <= len(lines) else ""


@dataclass(slots=True)
class _Kept:
    """A file that was read and parsed, and by what its content is known again."""

    key: object
    parsed: Parsed
    findings: Findings


@dataclass(slots=True)
class Texts:
    """Every text by its path: what is open comes before what is on disk."""

    open: dict[str, Open] = field(default_factory=dict)
    """By URI."""
    _kept: dict[tuple[Path | str, str], _Kept] = field(default_factory=dict)

    def put(self, document: Open) -> None:
        self.open[document.uri] = document

    def drop(self, uri: str) -> None:
        self.open.pop(uri, None)

    def at(self, path: Path | None) -> Open | None:
        """The open text of a path."""
        if path is None:
            return None
        # list: a check in the background asks too, while texts are opened and closed.
        return next((one for one in list(self.open.values()) if one.source.path == path), None)

    def parsed(self, where: Path | Open, language: str) -> tuple[Parsed, Findings]:
        """A file parsed, and what was found on the way; parsed anew only where it has changed.

        Raises OSError for a file that is not open and cannot be read.
        """
        document = where if isinstance(where, Open) else self.at(where)
        if document is not None:
            place = document.source.path or document.uri
            key: object = document.source.text
        else:
            assert isinstance(where, Path)
            place = where
            found = where.stat()
            key = (found.st_mtime_ns, found.st_size, found.st_ino)
        kept = self._kept.get((place, language))
        if kept is None or kept.key != key:
            findings = Findings()
            if document is not None:
                source = document.source
            else:
                assert isinstance(where, Path)
                source = decode(where.read_bytes(), str(where), findings, where, language)
            kept = _Kept(key, parse(source, findings, language), findings)
            self._kept[place, language] = kept
        return kept.parsed, kept.findings

    def source(self, path: Path) -> Source | None:
        """The text of any file, None where it cannot be read."""
        document = self.at(path)
        if document is not None:
            return document.source
        try:
            return decode(path.read_bytes(), str(path), Findings(), path)
        except OSError:
            return None


def path_of(uri: str) -> Path | None:
    """The file that a URI names; None for what is in no file, such as an unsaved text."""
    if not uri.startswith("file:"):
        return None
    found = uris.to_fs_path(uri)
    return Path(found) if found else None


def uri_of(path: Path) -> str:
    """The URI of a file."""
    return str(uris.from_fs_path(str(path)) or path.as_uri())
