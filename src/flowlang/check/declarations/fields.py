"""The fields of records, events and the rows of their lists."""

from __future__ import annotations

from flowlang.check.declarations.reader import Reader
from flowlang.kinds import Fields, Kind
from flowlang.source import Span
from flowlang.speech import tr
from flowlang.syntax import declarations as tree
from flowlang.syntax.tree import Node


def kind_of(line: tree.PlainType | tree.OneOfType) -> Kind:
    """The kind that a field's type names."""
    if isinstance(line, tree.OneOfType):
        return Kind("one of", choices=tuple(choice.value for choice in line.choices))
    return Kind(line.name.value)


def fields_of(reader: Reader, lines: tuple[Node, ...], owner: str = "") -> Fields:
    """The fields that lines declare; `owner` is the records whose fields they are."""
    found: Fields = {}
    spans: dict[str, Span] = {}
    for line in lines:
        if isinstance(line, tree.Field):
            kind = kind_of(line.type)
        elif isinstance(line, tree.ListField):
            kind = Kind("list", row=fields_of(reader, line.fields or ()))
        else:
            continue
        reader.free(line.name, "a-field")
        name = line.name.value
        if name in found:
            reader.twice(line.name, tr("the field"), spans[name])
        spans.setdefault(name, line.name.span)
        if owner:
            reader.names.field_spans.setdefault(f"{owner}.{name}", line.span)
        found[name] = kind
    return found
