"""Values that are written out in a test: facts of a contact, the data of an event, an answer."""

from __future__ import annotations

from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from flowlang import calendar
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.kinds import Fields, Kind
from flowlang.source import Findings, did_you_mean
from flowlang.speech import tr
from flowlang.steps.happen import Happen
from flowlang.steps.records import Assignment
from flowlang.syntax import expressions as tree
from flowlang.syntax import scripts
from flowlang.syntax.tree import Token


class WrittenOut:
    """Reads written-out values, and reports those that do not fit."""

    def __init__(self, expressions: Expressions, zone: ZoneInfo) -> None:
        self.expressions = expressions
        self.names = expressions.names
        self.zone = zone

    @property
    def findings(self) -> Findings:
        return self.expressions.findings

    def facts(self, lines: tuple[scripts.Given, ...], name: str) -> dict[str, Any]:
        """What is said of a contact of that name."""
        facts: dict[str, Any] = {
            "fields": {}, "tags": [], "groups": [], "consent": {},
            "blocked": False, "records": {}, "robinson": False,
        }  # fmt: skip
        for line in lines:
            match line:
                case scripts.GivenField(name=field, value=value):
                    kind = self.field(field, self.names.fields, tr("the contact"))
                    if kind is not None:
                        facts["fields"][field.value] = self.value(value, kind, field)
                case scripts.GivenTag(tag=tag):
                    facts["tags"].append(tag.value)
                case scripts.GivenGroup(group=group):
                    if group.value not in self.names.groups:
                        self.expressions.unknown(d.UNKNOWN_GROUP, group, self.names.groups)
                    facts["groups"].append(group.value)
                case scripts.GivenConsent(channel=channel):
                    facts["consent"][self.expressions.channel(channel)] = True
                case scripts.GivenBlocked():
                    facts["blocked"] = True
                case scripts.GivenRobinson():
                    facts["robinson"] = True
                case scripts.GivenRecord():
                    self._record(line, facts)
        facts["fields"].setdefault("email", f"{'.'.join(name.split())}@example.com")
        return facts

    def _record(self, line: scripts.GivenRecord, facts: dict[str, Any]) -> None:
        fields = self.names.records.get(line.name.value)
        if fields is None:
            known = [*self.names.records, *self.names.fields]
            self.expressions.unknown(d.UNKNOWN_RECORDS, line.name, known)
            return
        row: dict[str, Any] = {}
        for part in line.fields or ():
            kind = self.field(part.name, fields, f"`{line.name.value}`")
            if kind is not None:
                row[part.name.value] = self.value(part.value, kind, part.name)
        facts["records"].setdefault(line.name.value, []).append(row)

    def field(self, token: Token, fields: Fields, whose: str) -> Kind | None:
        """The kind of a field that is given a value; None and a finding where there is none."""
        kind = fields.get(token.value)
        if kind is None or (token.value == "id" and whose == "the contact"):
            hint = did_you_mean(token.value, list(fields))
            self.findings.report(
                d.UNKNOWN_FIELD, token.span, whose=whose, name=token.value, hint=hint
            )
            return None
        return kind

    def value(self, node: tree.Expression, kind: Kind, name: Token) -> Any:
        """A value that is written out, in the workspace's zone, fit for a kind."""
        found = literals.literal(node, self.findings, self.zone)
        if found is None:
            if not isinstance(node, (tree.Date, tree.DateTime, tree.Time, tree.BadExpression)):
                self.findings.report(d.TEST_VALUE, node.span)
            return None
        given, value = found
        compiled = self.expressions.compile(node, Place("test"))
        self.expressions.fitting(compiled, kind, node, f"`{name.value}`")
        if kind.name == "datetime" and given.name == "date":
            return calendar.instant(value, time(0), self.zone)
        if kind.name == "one of":
            return next(
                (one for one in kind.choices if one.casefold() == str(value).casefold()), value
            )
        if kind.is_text and not isinstance(value, str):
            return str(value)
        return value

    def answer(self, assignments: Any) -> dict[str, Any]:
        """What a call is answered: values and rows, of whatever kind they are found with."""
        answer: dict[str, Any] = {}
        rows: list[dict[str, Any]] | None = None
        for part in assignments:
            if isinstance(part, tuple):
                if rows is None:
                    self.findings.report(
                        d.TYPE_MISMATCH, part[0].span, what=tr("a row belongs to a list")
                    )
                else:
                    rows.append(self.answer(part))
                continue
            rows = None
            if isinstance(part.value, tuple):
                rows = answer[part.name.value] = [self.answer(part.value)]
                continue
            found = literals.literal(part.value, self.findings, self.zone)
            if found is None:
                self.findings.report(d.TEST_VALUE, part.span)
            else:
                answer[part.name.value] = found[1]
        return answer

    def data(self, node: Happen | scripts.GivenEvent) -> dict[str, Any]:
        """What an event carries."""
        fields = self.expressions.event(node.event)
        return self.rows(node.values or (), fields, node.event) if fields is not None else {}

    def rows(self, assignments: Any, fields: Fields | None, whose: Token) -> dict[str, Any]:
        """The data of an event or a record, written out."""
        if fields is None:
            if (
                whose.value not in self.names.records
                and self.names.event_fields(whose.value) is None
            ):
                self.expressions.unknown(d.UNKNOWN_RECORDS, whose, self.names.records)
            return {}
        found: dict[str, Any] = {}
        last: Assignment | None = None
        for part in assignments:
            if isinstance(part, tuple):
                if last is not None and isinstance(found.get(last.name.value), list):
                    found[last.name.value].append(self._row(part, fields[last.name.value].row))
                else:
                    self.findings.report(
                        d.TYPE_MISMATCH, part[0].span, what=tr("a row belongs to a list")
                    )
                continue
            last = part
            kind = self.field(part.name, fields, f"`{whose.value}`")
            if kind is None:
                continue
            if isinstance(part.value, tuple):
                if kind.name == "list":
                    found[part.name.value] = [self._row(part.value, kind.row)]
                else:
                    self.findings.report(
                        d.TYPE_MISMATCH,
                        part.span,
                        what=tr("`{name}` is no list", name=part.name.value),
                    )
            else:
                found[part.name.value] = self.value(part.value, kind, part.name)
        return found

    def _row(self, values: Any, fields: Fields) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for value in values:
            kind = self.field(value.name, fields, tr("the list"))
            if kind is not None:
                row[value.name.value] = self.value(value.value, kind, value.name)
        return row
