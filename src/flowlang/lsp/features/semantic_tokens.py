"""What each word is: a keyword here, a name there; an editor colours by it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from lsprotocol import types

from flowlang.check.symbols import Occurrence
from flowlang.lsp.server import FlowServer
from flowlang.lsp.study import Study
from flowlang.source import Source
from flowlang.syntax.parser import Parsed

TOKEN_TYPES = (
    "keyword", "string", "number", "comment", "operator", "property", "event", "struct",
    "function", "class", "variable", "type", "enumMember",
)  # fmt: skip
_OF_KIND = {
    "field": "property", "event": "event", "records": "struct", "message": "function",
    "campaign": "class", "automation": "class", "test": "class", "coupons": "variable",
    "segment": "type", "group": "type", "policy": "type", "calendar": "type", "tag": "enumMember",
    "goal": "enumMember", "measure": "enumMember",
}  # fmt: skip
_OF_TERMINAL = dict.fromkeys(("NUMBER", "PERCENT", "DATE", "DATETIME", "TIME"), "number") | {
    "STRING": "string", "BLOCK": "string", "COMPARE": "operator", "SUM_OP": "operator",
    "MUL_OP": "operator",
}  # fmt: skip
DECLARED = 1
"""The modifier of a name where it is declared."""


class Colored(NamedTuple):
    """A stretch of a text and what it is."""

    start: int
    end: int
    type: str
    declared: bool = False


def register(server: FlowServer) -> None:
    """Answer what the words of a whole text are."""
    legend = types.SemanticTokensLegend(list(TOKEN_TYPES), ["declaration"])

    @server.answers(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, legend)
    def tokens(server: FlowServer, params: types.SemanticTokensParams) -> types.SemanticTokens:
        found = server.study(params.text_document.uri)
        parsed = found[1].parsed(found[0].source) if found else None
        if found is None or parsed is None:
            return types.SemanticTokens([])
        return types.SemanticTokens(_encoded(server, parsed.source, colored(found[1], parsed)))


def colored(study: Study, parsed: Parsed) -> Iterator[Colored]:
    """The stretches of a text in their order, none over another."""
    names = iter(sorted(study.lookup.within(parsed.source), key=lambda one: one.span.start))
    name = next(names, None)
    end = 0
    text = parsed.source.text
    for piece in sorted(parsed.pieces, key=lambda one: one.start):
        yield from _comments(text, end, piece.start)
        kind = "keyword" if piece.language else _OF_TERMINAL.get(piece.terminal, "")
        at = max(piece.start, end)
        while name is not None and name.span.start < piece.end:
            if name.span.start >= at and (special := _of_name(study, name)):
                if kind and at < name.span.start:
                    yield Colored(at, name.span.start, kind)
                yield Colored(*name.span[1:], special, name.declares)
                at = name.span.end
            name = next(names, None)
        if kind and at < piece.end:
            yield Colored(at, piece.end, kind)
        end = max(end, piece.end)
    yield from _comments(text, end, len(text))


def _of_name(study: Study, occurrence: Occurrence) -> str:
    meant = study.lookup.meant(occurrence)
    return _OF_KIND.get(meant[0].kind, "") if meant else ""


def _comments(text: str, start: int, end: int) -> Iterator[Colored]:
    """The comments between two words."""
    at = text.find("#", start, end)
    while at >= 0:
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        yield Colored(at, stop, "comment")
        at = text.find("#", stop, end)


def _encoded(server: FlowServer, source: Source, found: Iterator[Colored]) -> list[int]:
    """Five numbers each: lines and columns from the one before, length, type, modifiers."""
    data: list[int] = []
    line = column = 0
    for one in chain.from_iterable(_by_line(source, stretch) for stretch in found):
        start = server.places.position(source, one.start)
        stop = server.places.position(source, one.end)
        data += [
            start.line - line,
            start.character - (column if start.line == line else 0),
            stop.character - start.character,
            TOKEN_TYPES.index(one.type),
            DECLARED if one.declared else 0,
        ]
        line, column = start.line, start.character
    return data


def _by_line(source: Source, one: Colored) -> Iterator[Colored]:
    """A stretch of several lines as one of each."""
    start = one.start
    for line in source.text[one.start : one.end].split("\n"):
        if line.strip():
            yield one._replace(start=start, end=start + len(line))
        start += len(line) + 1
