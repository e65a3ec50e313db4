"""Names in words: what a name stands for, and where it was declared."""

from __future__ import annotations

from flowlang.check.lookup import built_in, is_built_in
from flowlang.check.symbols import Occurrence, Symbol
from flowlang.kinds import Kind
from flowlang.lsp.study import Study
from flowlang.source import Source
from flowlang.speech import joined, tr
from flowlang.syntax.declarations import Declaration, Line

_KINDS = {
    "automation": tr("automation"), "calendar": tr("calendar"), "campaign": tr("campaign"),
    "channel": tr("channel"), "contact": tr("contact of a test"), "coupons": tr("coupon list"),
    "event": tr("event"), "field": tr("field"), "file": tr("file"), "goal": tr("goal"),
    "group": tr("group"), "measure": tr("measure"), "message": tr("message"),
    "module": tr("module"), "policy": tr("policy"), "records": tr("records"),
    "report": tr("report"), "segment": tr("segment"), "tag": tr("tag"), "test": tr("test"),
    "zone": tr("time zone"),
}  # fmt: skip


def kind_in_words(symbol: Symbol) -> str:
    """What a name is: `message`, `field of the event purchase`."""
    kind = _KINDS.get(symbol.kind, symbol.kind)
    if symbol.kind != "field" or not symbol.owner:
        return kind
    what, name, *lists = symbol.owner
    whose = tr("the event `{event}`", event=name) if what == "event" else f"`{name}`"
    if lists:
        return tr("field of `{records}` of {whose}", records=lists[-1], whose=whose)
    return tr("field of {whose}", whose=whose)


MAX_LINES = 8
"""Lines of a declaration that are shown."""


def declared_text(occurrence: Occurrence) -> str:
    """The lines that declare something: all of a short declaration, else the first."""
    node = occurrence.node
    if not isinstance(node, (Declaration, Line)):
        return ""
    lines = node.span.text.rstrip().split("\n")
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], "  ..."]
    return "\n".join(lines)


def type_of(symbol: Symbol, study: Study) -> str:
    """The kind of a field's values, as it is declared; empty for all else."""
    if symbol.kind != "field":
        return ""
    for occurrence in study.lookup.declared.get(symbol, ()):
        kind = getattr(occurrence.node, "type", None)
        if kind is not None:
            words: str = kind.span.words
            return words
        return "list"
    known = built_in("field", symbol.owner)
    kind = known.get(symbol.name) if isinstance(known, dict) else None
    return str(kind) if isinstance(kind, Kind) else ""


def place_in_words(occurrence: Occurrence, here: Source) -> str:
    """Where something is declared: the line, and the file where that is another one."""
    source = occurrence.span.source
    line = source.position(occurrence.span.start)[0]
    if source is here or source.path == here.path:
        return tr("line {line}", line=line)
    name = source.path.name if source.path else source.name
    return tr("{file}, line {line}", file=name, line=line)


def where_declared(symbol: Symbol, study: Study, here: Source) -> str:
    """Where a name comes from, in words; empty where it is not known at all."""
    if is_built_in(symbol):
        return tr("built in")
    declared = study.lookup.declared.get(symbol, ())
    if not declared:
        return ""
    places: str = joined((place_in_words(one, here) for one in declared[:3]), "; ")
    if len(declared) > 3:
        places = tr("{places} and {count} more", places=places, count=len(declared) - 3)
    if symbol.kind == "tag":
        return tr("given in {places}", places=places)
    return tr("declared in {places}", places=places)
