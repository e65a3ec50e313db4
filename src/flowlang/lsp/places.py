"""Places as an editor counts them: lines from 0, and columns in units of the encoding agreed on."""

from __future__ import annotations

import unicodedata

from lsprotocol import types

from flowlang.lsp.texts import BYTE_ORDER_MARK, Open, Texts, uri_of
from flowlang.source import Source, Span

_UNITS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_WIDTH = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


class Places:
    """Translates between offsets in sources and positions in an editor's texts."""

    def __init__(self, texts: Texts, encoding: str = "utf-16") -> None:
        self._texts = texts
        self._codec = _UNITS.get(encoding, "utf-16-le")
        self._width = _WIDTH.get(encoding, 2)

    def uri(self, source: Source) -> str:
        """The URI of a text."""
        document = self._document(source)
        if document is not None:
            return document.uri
        return uri_of(source.path) if source.path is not None else source.name

    def position(self, source: Source, offset: int) -> types.Position:
        """A place of a source as a position."""
        line, column = source.position(min(max(offset, 0), len(source.text)))
        text = source.line(line)
        before = text[: column - 1]
        document = self._document(source)
        if document is not None and not document.exact:
            before = _as_typed(document.raw_line(line), column - 1)
        return types.Position(line - 1, self._units(before))

    def range(self, span: Span) -> types.Range:
        """A span as a range."""
        return types.Range(
            self.position(span.source, span.start), self.position(span.source, span.end)
        )

    def location(self, span: Span) -> types.Location:
        """A span as a range in its text."""
        return types.Location(self.uri(span.source), self.range(span))

    def offset(self, source: Source, position: types.Position) -> int:
        """The place in a source that a position means; the nearest one, where there is no such."""
        line = position.line + 1
        document = self._document(source)
        if document is None or document.exact:
            before = self._before(source.line(line), position.character)
        else:
            before = _composed(self._before(document.raw_line(line), position.character))
        return source.offset(line, len(before) + 1)

    def edit(self, span: Span, text: str) -> types.TextEdit:
        """The edit that puts a text in the place of a span."""
        return types.TextEdit(self.range(span), text)

    def _document(self, source: Source) -> Open | None:
        for one in self._texts.open.values():
            if one.source is source or (
                one.source.path is not None and one.source.path == source.path
            ):
                return one
            if source.path is None and one.source.name == source.name:
                return one
        return None

    def _units(self, text: str) -> int:
        if text.isascii():
            return len(text)
        return len(text.encode(self._codec, "surrogatepass")) // self._width

    def _before(self, line: str, units: int) -> str:
        """The beginning of a line that is so many units long."""
        if line.isascii():
            return line[: max(units, 0)]
        encoded = line.encode(self._codec, "surrogatepass")[: max(units, 0) * self._width]
        return encoded.decode(self._codec, "ignore")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text.removeprefix(BYTE_ORDER_MARK))


def _as_typed(line: str, column: int) -> str:
    """The beginning of a line as it was typed that makes so many composed characters."""
    end = len(line) if len(_composed(line)) <= column else 0
    while end < len(line) and (
        len(_composed(line[:end])) < column
        or (end and unicodedata.combining(line[end]))
        or (not end and line.startswith(BYTE_ORDER_MARK))
    ):
        end += 1
    return line[:end]
