"""What can be folded: blocks, texts over several lines, and comments."""

from __future__ import annotations

from lsprotocol import types

from flowlang.lsp.server import FlowServer
from flowlang.source import Source
from flowlang.syntax.tree import Node, walk


def register(server: FlowServer) -> None:
    """Answer what can be folded."""

    @server.answers(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def folding(server: FlowServer, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        found = server.study(params.text_document.uri)
        parsed = found[1].parsed(found[0].source) if found else None
        if found is None or parsed is None:
            return []
        source = parsed.source
        lines: dict[int, int] = {}
        for node in walk(parsed.tree):
            if node.rule != "start":
                first, last = _lines(source, node)
                if last > first:
                    lines[first] = max(last, lines.get(first, 0))
        return [
            *(types.FoldingRange(first - 1, last - 1) for first, last in sorted(lines.items())),
            *_comments(source),
        ]


def _lines(source: Source, node: Node) -> tuple[int, int]:
    """The first and the last line of a node, blank ones at its end left out."""
    start = node.span.start
    end = start + len(node.span.text.rstrip())
    return source.position(start)[0], source.position(end)[0]


def _comments(source: Source) -> list[types.FoldingRange]:
    """Comments of several lines."""
    found: list[types.FoldingRange] = []
    first: int | None = None
    lines = [*source.text.split("\n"), ""]
    for number, line in enumerate(lines):
        if line.lstrip().startswith("#"):
            first = number if first is None else first
            continue
        if first is not None and number - first > 1:
            kind = types.FoldingRangeKind.Comment
            found.append(types.FoldingRange(first, number - 1, kind=kind))
        first = None
    return found
