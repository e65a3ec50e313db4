"""Rename something in every file that speaks of it, templates included.

The new name proves itself before anything is changed: with the edits made, every place must mean
the renamed thing, and the checker must find nothing that it did not find before.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from flowlang.check.lookup import is_built_in
from flowlang.check.symbols import Occurrence, Symbol
from flowlang.lsp.features.navigation import at
from flowlang.lsp.naming import kind_in_words, place_in_words
from flowlang.lsp.server import FlowServer
from flowlang.lsp.study import Studies, Study
from flowlang.lsp.texts import Open, Texts, uri_of
from flowlang.source import Source
from flowlang.speech import in_language, tr, why
from flowlang.syntax import keywords

_NAME = re.compile(r"[^\W\d_]\w*(?:-\w+)*")
_BARE = ("field", "event", "records")
_FIXED = ("channel", "file", "module", "report", "zone")
MAX_LENGTH = 200
"""Characters of a new name."""


class Refused(Exception):
    """Something cannot be renamed; the message says why."""


def register(server: FlowServer) -> None:
    """Answer whether something can be renamed, and rename it."""

    @server.answers(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(
        server: FlowServer, params: types.PrepareRenameParams
    ) -> types.PrepareRenamePlaceholder | None:
        found = at(server, params.text_document.uri, params.position)
        if found is None:
            return None
        _, study, occurrence = found
        try:
            symbol = _symbol(study, occurrence)
        except Refused as refusal:
            raise JsonRpcInvalidParams(message=str(refusal)) from None
        return types.PrepareRenamePlaceholder(server.places.range(occurrence.span), symbol.name)

    @server.answers(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def rename(server: FlowServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
        found = at(server, params.text_document.uri, params.position)
        if found is None:
            return None
        _, study, occurrence = found
        try:
            symbol = _symbol(study, occurrence)
            uses = study.lookup.uses(symbol)
            new = _new_name(symbol, params.new_name, uses, study)
            texts = [_written(one, new) for one in uses]
            _prove(server, study, symbol, new, list(zip(uses, texts, strict=True)))
        except Refused as refusal:
            said = in_language(why(refusal), found[0].source.language)
            raise JsonRpcInvalidParams(message=said) from None
        changes: dict[str, list[types.TextEdit]] = {}
        for one, text in zip(uses, texts, strict=True):
            uri = server.places.uri(one.span.source)
            changes.setdefault(uri, []).append(server.places.edit(one.span, text))
        return types.WorkspaceEdit(changes)


def _symbol(study: Study, occurrence: Occurrence) -> Symbol:
    """The one thing that a name stands for.  Raises Refused where it cannot be renamed."""
    meant = study.lookup.meant(occurrence)
    if not meant:
        raise Refused(tr("nothing is known of this name"))
    symbol = meant[0]
    shown = tr("the {kind} `{name}`", kind=kind_in_words(symbol), name=symbol.name)
    if symbol.kind in _FIXED:
        raise Refused(tr("{shown} is not a name of this workspace", shown=shown))
    if is_built_in(symbol):
        raise Refused(tr("{shown} is built in", shown=shown))
    declared = study.lookup.declared.get(symbol, [])
    if not declared and symbol.kind != "tag":
        raise Refused(tr("{shown} is declared nowhere", shown=shown))
    for one in study.lookup.uses(symbol):
        if not study.owns(one.span.source):
            where = place_in_words(one, occurrence.span.source)
            raise Refused(tr("{shown} stands in a module too: {where}", shown=shown, where=where))
        if len(study.lookup.meant(one)) > 1:
            where = place_in_words(one, occurrence.span.source)
            raise Refused(
                tr(
                    "{shown} has the same name as others in {where}; rename them one by one",
                    shown=shown,
                    where=where,
                )
            )
    return symbol


def _new_name(symbol: Symbol, name: str, uses: list[Occurrence], study: Study) -> str:
    """The new name, if it is one and free.  Raises Refused."""
    if not name.strip() or len(name) > MAX_LENGTH or any(ord(sign) < 0x20 for sign in name):
        raise Refused(tr("a name is a text of one line"))
    taken = symbol._replace(name=name)
    if name == symbol.name:
        return name
    if taken in study.lookup.declared or is_built_in(taken):
        raise Refused(
            tr("there is a {kind} `{name}` already", kind=kind_in_words(taken), name=name)
        )
    if symbol.kind not in _BARE:
        return name
    if _NAME.fullmatch(name) is None:
        raise Refused(tr("`{name}` is no name: a letter, then letters, digits and `_`", name=name))
    if "-" in name and any(one.in_template for one in uses):
        raise Refused(tr("`{name}` would be a minus in a template", name=name))
    for parsed in study.files:
        if name.lower() in keywords.reserved(parsed.language):
            raise Refused(tr("`{name}` is a word of the language", name=name))
    return name


def _written(occurrence: Occurrence, name: str) -> str:
    """A name as it stands at a place: with what its quotes ask for."""
    if occurrence.in_template:
        quote = occurrence.span.source.text[occurrence.span.start - 1]
        if quote in "'\"" and any(sign in name for sign in "'\"\\"):
            raise Refused(tr("`{name}` cannot stand in a template", name=name))
        return name
    if occurrence.token is not None:
        return name.replace("\\", "\\\\").replace('"', '\\"')
    return name


def _prove(
    server: FlowServer, study: Study, symbol: Symbol, new: str, edits: list[tuple[Occurrence, str]]
) -> None:
    """Raise Refused unless every place means the same thing under its new name."""
    before = server.studies.check(study.key)
    studies = Studies(_edited(server.texts, edits))
    found: Counter[str] = Counter(one.diagnostic.code for one in before.mistakes)
    for finding in studies.check(study.key).mistakes:
        found[finding.diagnostic.code] -= 1
        if found[finding.diagnostic.code] < 0:
            line = finding.span.source.position(finding.span.start)[0]
            raise Refused(
                tr(
                    "it would be wrong then in line {line}: {message}",
                    line=line,
                    message=finding.message,
                )
            )
    renamed = studies.study(study.key).lookup.uses(symbol._replace(name=new))
    if len(renamed) != len(edits):
        raise Refused(
            tr("`{new}` means something else at one of the places where it would stand", new=new)
        )


def _edited(texts: Texts, edits: list[tuple[Occurrence, str]]) -> Texts:
    """The texts as they would be."""
    by_place: dict[Path | str, tuple[Source, list[tuple[Occurrence, str]]]] = {}
    for one, text in edits:
        source = one.span.source
        by_place.setdefault(source.path or source.name, (source, []))[1].append((one, text))
    made = Texts(dict(texts.open))
    for source, some in by_place.values():
        whole = source.text
        for one, text in sorted(some, key=lambda pair: pair[0].span.start, reverse=True):
            whole = whole[: one.span.start] + text + whole[one.span.end :]
        uri = uri_of(source.path) if source.path is not None else source.name
        known = texts.at(source.path) or texts.open.get(uri)
        uri = known.uri if known else uri
        made.put(Open.of(uri, None, whole, known.language if known else "flow"))
    return made
