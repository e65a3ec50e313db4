"""What stands under the pointer: a finding's meaning, a name's declaration, what a step does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types

from flowlang.lsp.naming import declared_text, kind_in_words, type_of, where_declared
from flowlang.lsp.server import FlowServer
from flowlang.lsp.study import Study
from flowlang.rules import pages
from flowlang.source import Source
from flowlang.speech import in_language, paragraphs
from flowlang.syntax.tree import Node, walk

_SOURCE = re.compile(r" \([A-Z]\d+(?:\.\d+)*\)")


def register(server: FlowServer) -> None:
    """Answer hovers."""

    @server.answers(types.TEXT_DOCUMENT_HOVER)
    def hover(server: FlowServer, params: types.HoverParams) -> types.Hover | None:
        found = server.study(params.text_document.uri)
        if found is None:
            return None
        document, study = found
        offset = server.offset(document.source, params.position)
        parts = [
            *_findings(server, params.text_document.uri, offset),
            *_name(study, document.source, offset),
        ]
        if not parts:
            parts = list(_statement(study, document.source, offset))
        if not parts:
            return None
        text = "\n\n".join(parts)
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text))


def _findings(server: FlowServer, uri: str, offset: int) -> Iterator[str]:
    found = server.settled(uri)
    if found is None:
        return
    document, checked = found
    for finding in checked.findings_in(document.source):
        if finding.span.start <= offset <= finding.span.end:
            diagnostic = finding.diagnostic
            yield f"**{diagnostic.code}** {diagnostic.name}: {finding.message}"
            if finding.hint:
                yield finding.hint
            yield pages.about(diagnostic.name, document.source.language)


def _name(study: Study, source: Source, offset: int) -> Iterator[str]:
    """What the name at a place stands for."""
    occurrence = study.lookup.at(source, offset)
    if occurrence is None:
        return
    for symbol in study.lookup.meant(occurrence):
        kind = type_of(symbol, study)
        where = where_declared(symbol, study, source)
        said = f"{in_language(kind_in_words(symbol), source.language)} `{symbol.name}`"
        said += f": {kind}" if kind else ""
        yield f"{said} ({in_language(where, source.language)})" if where else said
        for declared in study.lookup.declared.get(symbol, ())[:1]:
            text = declared_text(declared)
            if text and declared.span != occurrence.span:
                yield f"```flow\n{text}\n```"


def _statement(study: Study, source: Source, offset: int) -> Iterator[str]:
    """What the statement does whose words stand at a place."""
    parsed = study.parsed(source)
    if parsed is None:
        return
    found: Node | None = None
    for node in walk(parsed.tree):
        start, end = node.span.start, node.span.end
        if start <= offset <= end and type(node).__doc__ != Node.__doc__ and _own_text(node):
            found = node
    if found is not None:
        yield paragraphs(_own_text(found), source.language)


def _own_text(node: Node) -> str:
    """What the class of a node says of itself, if it does."""
    return own_text(vars(type(node)).get("__doc__") or "")


def own_text(docstring: str) -> str:
    """What a docstring says to users: where a rule comes from is for us."""
    return _SOURCE.sub("", " ".join(docstring.split()))
