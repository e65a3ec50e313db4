"""What every contact has: its fields, and its records."""

from __future__ import annotations

from flowlang.check import diagnostics as d
from flowlang.check.declarations.fields import fields_of, kind_of
from flowlang.check.declarations.reader import Reader, reads
from flowlang.check.hints import named
from flowlang.kinds import ANY
from flowlang.speech import tr
from flowlang.syntax import declarations as tree


@reads(tree.ContactBlock)
def contact(reader: Reader, item: tree.ContactBlock) -> None:
    """The fields and records of a block; several blocks add up."""
    for line in item.lines or ():
        if isinstance(line, tree.Records):
            _records(reader, line)
        elif isinstance(line, tree.ListField):
            reader.findings.report(
                d.OUT_OF_PLACE, line.span, what=tr("lists stand in events; a contact has `records`")
            )
        else:
            _contact_field(reader, line)
    for name in reader.unreadable(item.span):
        reader.names.fields.setdefault(name, ANY)


def _contact_field(reader: Reader, line: tree.Field) -> None:
    name, kind = line.name.value, kind_of(line.type)
    reader.free(line.name, "a-field")
    known = reader.names.fields.get(name)
    if known is not None and known != kind:
        first = reader.names.field_spans.get(name)
        reader.findings.report(
            d.CONFLICTING_FIELD, line.span, name=name, kind=named(kind), other=named(known),
            also=((first, tr("declared here")),) if first else (),
            hint="" if first else tr("every contact has `{name}`: choose another name", name=name),
        )  # fmt: skip
        return
    if name in reader.names.records:
        reader.twice(line.name, tr("the field"), reader.names.spans["records", name])
    reader.names.fields[name] = kind
    reader.names.field_spans.setdefault(name, line.span)


def _records(reader: Reader, line: tree.Records) -> None:
    name = line.name.value
    reader.free(line.name, "some-records")
    fields = fields_of(reader, line.fields or (), name)
    known = reader.names.records.get(name)
    if known is None:
        if name in reader.names.fields:
            reader.twice(line.name, tr("the field"), reader.names.field_spans.get(name))
        reader.names.records[name] = fields
        reader.names.spans["records", name] = line.name.span
        return
    for part in line.fields or ():
        field = part.name.value
        kind = fields[field]
        if known.setdefault(field, kind) != kind:
            first = reader.names.field_spans[f"{name}.{field}"]
            reader.findings.report(
                d.CONFLICTING_FIELD, part.span, name=field, kind=named(kind),
                other=named(known[field]), also=((first, tr("declared here")),),
            )  # fmt: skip
