"""Go to where a name is declared, and find where it is used."""

from __future__ import annotations

from lsprotocol import types

from flowlang import resources
from flowlang.check.symbols import Occurrence, Symbol
from flowlang.lsp.checked import same_text
from flowlang.lsp.server import FlowServer
from flowlang.lsp.study import Study
from flowlang.lsp.texts import Open, uri_of

_TOP = types.Range(types.Position(0, 0), types.Position(0, 0))


def register(server: FlowServer) -> None:
    """Answer go to definition, references and highlights."""

    @server.answers(types.TEXT_DOCUMENT_DEFINITION)
    def definition(server: FlowServer, params: types.DefinitionParams) -> list[types.Location]:
        found = at(server, params.text_document.uri, params.position)
        if found is None:
            return []
        document, study, occurrence = found
        locations: list[types.Location] = []
        for symbol in study.lookup.meant(occurrence):
            locations += _file(study, document, symbol)
            declared = study.lookup.declared.get(symbol, ())
            locations += [server.places.location(one.span) for one in declared]
        return locations

    @server.answers(types.TEXT_DOCUMENT_REFERENCES)
    def references(server: FlowServer, params: types.ReferenceParams) -> list[types.Location]:
        found = at(server, params.text_document.uri, params.position)
        if found is None:
            return []
        _, study, occurrence = found
        return [
            server.places.location(one.span)
            for one in _uses(study, occurrence)
            if params.context.include_declaration or not one.declares
        ]

    @server.answers(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlights(
        server: FlowServer, params: types.DocumentHighlightParams
    ) -> list[types.DocumentHighlight]:
        found = at(server, params.text_document.uri, params.position)
        if found is None:
            return []
        document, study, occurrence = found
        return [
            types.DocumentHighlight(
                server.places.range(one.span),
                types.DocumentHighlightKind.Write
                if one.declares
                else types.DocumentHighlightKind.Read,
            )
            for one in _uses(study, occurrence)
            if same_text(one.span.source, document.source)
        ]


def at(
    server: FlowServer, uri: str, position: types.Position
) -> tuple[Open, Study, Occurrence] | None:
    """The name at a position, with its text and workspace."""
    found = server.study(uri)
    if found is None:
        return None
    document, study = found
    offset = server.offset(document.source, position)
    occurrence = study.lookup.at(document.source, offset)
    return (document, study, occurrence) if occurrence is not None else None


def _uses(study: Study, occurrence: Occurrence) -> list[Occurrence]:
    found: dict[int, Occurrence] = {}
    for symbol in study.lookup.meant(occurrence):
        found |= {id(one): one for one in study.lookup.uses(symbol)}
    return list(found.values())


def _file(study: Study, document: Open, symbol: Symbol) -> list[types.Location]:
    """The file that a name is the path of, or the module."""
    path = None
    if symbol.kind == "module" and not symbol.name.endswith(".flow"):
        path = resources.stdlib() / f"{symbol.name}.flow"
    elif symbol.kind in ("file", "module") and document.source.path is not None:
        path = document.source.path.parent / symbol.name
    if path is None or "\0" in symbol.name or not path.is_file():
        return []
    return [types.Location(uri_of(path.resolve()), _TOP)]
