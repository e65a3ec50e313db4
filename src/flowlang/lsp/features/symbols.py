"""The outline of a file, and the names of all files that are open of."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from flowlang.lsp.naming import kind_in_words
from flowlang.lsp.server import FlowServer
from flowlang.source import Span
from flowlang.syntax.declarations import Declaration
from flowlang.syntax.tree import Node, Token, walk

_KINDS = {
    "contact": types.SymbolKind.Class,
    "event": types.SymbolKind.Event,
    "records": types.SymbolKind.Struct,
    "field": types.SymbolKind.Field,
    "message": types.SymbolKind.String,
    "campaign": types.SymbolKind.Module,
    "automation": types.SymbolKind.Module,
    "coupons": types.SymbolKind.Array,
    "goal": types.SymbolKind.EnumMember,
    "test": types.SymbolKind.Method,
}
_OTHER = types.SymbolKind.Object


def register(server: FlowServer) -> None:
    """Answer outlines and searches for names."""

    @server.answers(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outline(
        server: FlowServer, params: types.DocumentSymbolParams
    ) -> list[types.DocumentSymbol]:
        found = server.study(params.text_document.uri)
        parsed = found[1].parsed(found[0].source) if found else None
        if found is None or parsed is None:
            return []
        return [_symbol(server, item) for item in parsed.tree.items if item.rule != "use"]

    @server.answers(types.WORKSPACE_SYMBOL)
    def search(
        server: FlowServer, params: types.WorkspaceSymbolParams
    ) -> list[types.WorkspaceSymbol]:
        wanted = params.query.casefold()
        found: list[types.WorkspaceSymbol] = []
        for key in server.studies.known:
            study = server.studies.study(key)
            for symbol, places in study.lookup.declared.items():
                if symbol.kind == "tag" or wanted not in symbol.name.casefold():
                    continue
                found += [
                    types.WorkspaceSymbol(
                        server.places.location(one.span),
                        symbol.name,
                        _KINDS.get(symbol.kind, _OTHER),
                        container_name=kind_in_words(symbol),
                    )
                    for one in places
                    if study.owns(one.span.source)
                ]
        return found


def _symbol(server: FlowServer, item: Declaration) -> types.DocumentSymbol:
    name = getattr(item, "name", None)
    selection = name.span if isinstance(name, Token) else _first_word(item)
    shown = str(name.value) if isinstance(name, Token) else selection.text
    return types.DocumentSymbol(
        shown or item.rule,
        _KINDS.get(item.rule, _OTHER),
        server.places.range(_trimmed(item.span)),
        server.places.range(selection),
        detail=_first_word(item).text,
        children=[*_parts(server, item)],
    )


def _parts(server: FlowServer, item: Declaration) -> Iterator[types.DocumentSymbol]:
    """The fields and goals that a declaration has."""
    for node in walk(item):
        kind = (
            node.roles.get("name", "").removeprefix("new ")
            if node.roles.get("name", "").startswith("new ")
            else ""
        )
        name = getattr(node, "name", None)
        if kind and kind != "contact" and isinstance(name, Token):
            yield types.DocumentSymbol(
                str(name.value),
                _KINDS.get(kind, _OTHER),
                server.places.range(_trimmed(node.span)),
                server.places.range(name.span),
            )


def _first_word(item: Node) -> Span:
    text = item.span.text
    length = next((i for i, sign in enumerate(text) if sign in ' \t\n"'), len(text))
    return item.span._replace(end=item.span.start + length)


def _trimmed(span: Span) -> Span:
    """A span without blank lines at its end."""
    return span._replace(end=span.start + len(span.text.rstrip()))
