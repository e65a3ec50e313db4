"""Bring a text into the canonical layout, as `flow fmt` does."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from lsprotocol import types

from flowlang.lsp.server import FlowServer
from flowlang.source import Source, Span
from flowlang.syntax.format import FormatError, format_source

MAX_COMPARED = 5_000
"""Lines up to which only those that differ are replaced."""


def register(server: FlowServer) -> None:
    """Answer formatting, of a whole text and of some of its lines."""

    @server.answers(types.TEXT_DOCUMENT_FORMATTING)
    def whole(
        server: FlowServer, params: types.DocumentFormattingParams
    ) -> list[types.TextEdit] | None:
        return _edits(server, params.text_document.uri)

    @server.answers(types.TEXT_DOCUMENT_RANGE_FORMATTING)
    def some(
        server: FlowServer, params: types.DocumentRangeFormattingParams
    ) -> list[types.TextEdit] | None:
        edits = _edits(server, params.text_document.uri)
        if edits is None:
            return None
        first, last = params.range.start.line, params.range.end.line
        return [one for one in edits if first <= one.range.start.line <= last]


def _edits(server: FlowServer, uri: str) -> list[types.TextEdit] | None:
    """The lines that have to change; None for a text that cannot be formatted as it is."""
    found = server.study(uri)
    if found is None:
        return None
    document, study = found
    parsed = study.parsed(document.source)
    if parsed is None:
        return None
    settings = server.studies.settings(study.key)
    try:
        text = format_source(parsed, default=settings.language)
    except FormatError as reason:
        server.window_log_message(types.LogMessageParams(types.MessageType.Info, str(reason)))
        return None
    return [server.places.edit(span, new) for span, new in _differences(parsed.source, text)]


def _differences(source: Source, text: str) -> Iterator[tuple[Span, str]]:
    """The stretches of whole lines that differ, each with what comes in its place."""
    before, after = _lines(source.text), _lines(text)
    if max(len(before), len(after)) > MAX_COMPARED:
        yield Span(source, 0, len(source.text)), text
        return
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield Span(source, starts[a], starts[b]), "".join(after[c:d])


def _lines(text: str) -> list[str]:
    """The lines of a text with their ends."""
    *ended, last = text.split("\n")
    return [*(f"{line}\n" for line in ended), *([last] if last else [])]
