"""Names in words: what a name stands for, and where it was declared."""

from __future__ import annotations

from flowlang.check.lookup import built_in, is_built_in
from flowlang.check.symbols import Occurrence, Symbol
from flowlang.kinds import Kind
from flowlang.lsp.study import Study
from flowlang.source import Source
from flowlang.syntax.declarations import Declaration, Line

_KINDS = {
    "coupons": "coupon list", "contact": "contact of a test", "file": "file", "zone": "time zone",
}  # fmt: skip


def kind_in_words(symbol: Symbol) -> str:
    """What a name is: `message`, `field of the event purchase`."""
    kind = _KINDS.get(symbol.kind, symbol.kind)
    if symbol.kind != "field" or not symbol.owner:
        return kind
    what, name, *lists = symbol.owner
    whose = f"the event `{name}`" if what == "event" else f"`{name}`"
    return f"field of {whose}" if not lists else f"field of `{lists[-1]}` of {whose}"


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
            return " ".join(kind.span.text.split())
        return "list"
    known = built_in("field", symbol.owner)
    kind = known.get(symbol.name) if isinstance(known, dict) else None
    return str(kind) if isinstance(kind, Kind) else ""


def place_in_words(occurrence: Occurrence, here: Source) -> str:
    """Where something is declared: the line, and the file where that is another one."""
    source = occurrence.span.source
    line = source.position(occurrence.span.start)[0]
    if source is here or source.path == here.path:
        return f"line {line}"
    return f"{source.path.name if source.path else source.name}, line {line}"


def where_declared(symbol: Symbol, study: Study, here: Source) -> str:
    """Where a name comes from, in words; empty where it is not known at all."""
    if is_built_in(symbol):
        return "built in"
    declared = study.lookup.declared.get(symbol, ())
    if not declared:
        return ""
    word = "given" if symbol.kind == "tag" else "declared"
    places = [place_in_words(one, here) for one in declared[:3]]
    more = f" and {len(declared) - 3} more" if len(declared) > 3 else ""
    return f"{word} in {'; '.join(places)}{more}"
