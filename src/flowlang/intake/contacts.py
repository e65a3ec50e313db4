"""Contacts from a CSV table or JSON Lines: every row is taken, or left out with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from flowlang.intake.contact_row import ContactReader, ContactRow, Note, RefusedRow
from flowlang.intake.decoding import Decoded, NotText, decode
from flowlang.intake.header import column_names, unusable
from flowlang.intake.objects import Parsed, judged, objects
from flowlang.intake.problem import Problem, shown
from flowlang.intake.report import RowsRead, but
from flowlang.intake.schema import ContactSchema
from flowlang.intake.table import BrokenRow, Row, find_delimiter, rows
from flowlang.speech import forms, tr, tr_n, why

__all__ = ["ContactRow", "ContactRows", "read_contacts"]


@dataclass(frozen=True, slots=True)
class ContactRows(RowsRead):
    """What a file of contacts gave.  `read` is always `taken` + `left_out`."""

    NOUN = forms("{count:,} row", "{count:,} rows")
    name: str
    rows: tuple[ContactRow, ...]
    problems: tuple[Problem, ...]
    read: int
    left_out: int
    encoding: str = ""
    delimiter: str | None = None
    """None for JSON."""

    @property
    def taken(self) -> int:
        return len(self.rows)

    def without(self, problems: Collection[Problem]) -> ContactRows:
        """The same where some rows were refused after all, for these reasons."""
        rows = but(self.rows, (one.line for one in problems))
        return replace(
            self,
            rows=rows,
            left_out=self.read - len(rows),
            problems=tuple(sorted([*self.problems, *problems], key=attrgetter("line"))),
        )


def read_contacts(
    path_or_name: Path | str, data: bytes, schema: ContactSchema, zone: ZoneInfo
) -> ContactRows:
    """The contacts in the bytes of a file; what is wrong with it is in the result, never raised.

    JSON by its suffix (.jsonl, .ndjson, .json) or its first character, else a table whose
    delimiter is found.  `zone` is the workspace's, for a datetime without an offset.
    """
    name = str(path_or_name)
    try:
        decoded = decode(data)
    except NotText as bad:
        return ContactRows(name, (), (Problem("error", 0, None, "", why(bad)),), 0, 0)
    reading = _Reading(ContactReader(schema, zone))
    if decoded.mixed:
        reading.note(
            "warning", 0, None, "", tr("UTF-8 and Windows-1252 are mixed; look at the umlauts")
        )
    delimiter = None
    if _is_json(name, decoded):
        reading.objects(objects(decoded.text))
    else:
        delimiter = find_delimiter(decoded.text, reading.reader.headings)
        reading.table(decoded.text, delimiter)
    return ContactRows(
        name,
        tuple(reading.taken),
        tuple(reading.problems),
        reading.read,
        reading.left_out,
        decoded.encoding,
        delimiter,
    )


def given_contacts(
    name: str, values: Iterable[object], schema: ContactSchema, zone: ZoneInfo
) -> ContactRows:
    """The same of decoded JSON that comes in no file; a line is the place of a value, from 1."""
    reading = _Reading(ContactReader(schema, zone))
    reading.objects(judged(value, place) for place, value in enumerate(values, start=1))
    return ContactRows(
        name, tuple(reading.taken), tuple(reading.problems), reading.read, reading.left_out
    )


def _is_json(name: str, decoded: Decoded) -> bool:
    if name.lower().endswith((".jsonl", ".ndjson", ".json")):
        return True
    start = decoded.text[:4096].lstrip()
    return start.startswith("{") or (start.startswith("[") and start[1:].lstrip()[:1] in ("{", "]"))


_MOST_GUESSED = 1_000
"""Unknown names for which is guessed what was meant: that takes its time."""


@dataclass(slots=True)
class _Columns:
    """The header: for each cell the known name, or None where the column is ignored."""

    names: list[str | None]
    numbers: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Reading:
    """What was read of one file so far."""

    reader: ContactReader
    taken: list[ContactRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    read: int = 0
    left_out: int = 0
    _line_of_key: dict[str, int] = field(default_factory=dict)
    _line_of_email: dict[str, int] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)

    def note(
        self,
        severity: Literal["error", "warning"],
        line: int,
        column: int | None,
        column_name: str,
        message: str,
    ) -> None:
        self.problems.append(Problem(severity, line, column, column_name, message))

    def leave_out(self, line: int, column: int | None, column_name: str, message: str) -> None:
        self.read += 1
        self.left_out += 1
        self.problems.append(Problem("error", line, column, column_name, message, left_out=True))

    def objects(self, found: Iterable[Parsed]) -> None:
        for line, value, message in found:
            if value is None:
                self.leave_out(line, None, "", message)
                continue
            raw: dict[str, object] = {}
            for key, item in value.items():
                name = self.reader.name_of(key)
                if name is None:
                    self._unknown(line, None, key, tr("its values are ignored"))
                elif name in raw:
                    self.leave_out(line, None, key, tr("given twice"))
                    break
                else:
                    raw[name] = item
            else:
                self._take(line, raw, {})
        if not self.read:
            self.note("error", 0, None, "", tr("there is no contact in this file"))

    def table(self, text: str, delimiter: str) -> None:
        found = rows(text, delimiter)
        header = next(found, None)
        if header is None:
            self.note("error", 0, None, "", tr("the file is empty"))
        elif isinstance(header, BrokenRow):
            self.note("error", header.line, None, "", header.message)
        elif wrong := unusable(header, self.reader):
            self.note("error", header.line, wrong.column, "", wrong.message)
        else:
            self._rows(found, header)
            return
        for _ in found:
            self.read += 1
            self.left_out += 1

    def _rows(self, found: Iterator[Row | BrokenRow], header: Row) -> None:
        columns, width, needed = self._columns(header), len(header.cells), header.width
        for row in found:
            if isinstance(row, BrokenRow):
                self.leave_out(row.line, None, "", row.message)
                continue
            cells = row.cells
            if row.lacks(needed) or any(cells[width:]):
                message = tr(
                    "{cells}, but the header has {columns}",
                    cells=tr_n("{count:,} cell", "{count:,} cells", len(cells)),
                    columns=tr_n("{count:,} column", "{count:,} columns", needed),
                )
                self.leave_out(row.line, min(len(cells), needed) + 1, "", message)
                continue
            # A cell that is empty or left away is given all the same: as None.
            missing = [""] * (width - len(cells))
            raw: dict[str, object] = {
                name: cell or None
                for name, cell in zip(columns.names, cells + missing, strict=False)
                if name is not None
            }
            self._take(row.line, raw, columns.numbers)
        if not self.read:
            self.note("error", 0, None, "", tr("there is a header and no row below it"))

    def _columns(self, header: Row) -> _Columns:
        columns = _Columns([])
        for number, (cell, name) in enumerate(
            zip(header.cells, column_names(header, self.reader), strict=True), start=1
        ):
            taken = self._column(header.line, number, cell, name)
            columns.names.append(name if taken else None)
            if name is not None and taken:
                columns.numbers[name] = number
        return columns

    def _column(self, line: int, number: int, cell: str, name: str | None) -> bool:
        """Whether a column is read; what is odd about it is told."""
        if not cell:
            self.note("warning", line, number, "", tr("a column without a name is ignored"))
        elif name is None:
            self._unknown(line, number, cell, tr("the column is ignored"))
        elif self.reader.is_record(name):
            message = tr("records do not fit in a table; import them as JSON Lines")
            self.note("error", line, number, cell, message)
        else:
            if self.reader.name_of(cell) is None:
                message = tr("the column is read as `{name}`", name=name)
                self.note("warning", line, number, cell, message)
            return True
        return False

    def _unknown(self, line: int, column: int | None, given: str, fate: str) -> None:
        if given in self._said:
            return
        self._said.add(given)
        if len(self._said) > _MOST_GUESSED:  # this is no table of contacts
            message = tr("there is no such field; {fate}", fate=fate)
            self.note("warning", line, column, given, message)
            return
        hint = self.reader.known(given)
        # A misspelt field loses data; a column that is none of ours does not.
        meant = hint.startswith("did you mean")
        self.note(
            "error" if meant else "warning",
            line,
            column,
            given,
            tr("there is no such field; {fate} ({hint})", fate=fate, hint=hint),
        )

    def _take(self, line: int, raw: dict[str, object], columns: dict[str, int]) -> None:
        try:
            row, odd = self.reader.read(line, raw)
            odd += self._seen_before(row)
        except RefusedRow as refused:
            name, message = refused.note
            self.leave_out(line, columns.get(name), name, message)
            return
        self.read += 1
        self.taken.append(row)
        for name, message in odd:
            if name == "groups":  # once for each name: a file gives the same one on every row
                if message in self._said:
                    continue
                self._said.add(message)
            self.note("warning", line, columns.get(name), name, message)

    def _seen_before(self, row: ContactRow) -> list[Note]:
        email = row.email
        same_key = self._line_of_key.get(row.key())
        same_email = self._line_of_email.get(email) if email else None
        if row.id and same_key is not None:
            raise RefusedRow(
                "id",
                tr('the id "{text}" is already in line {line}', text=shown(row.id), line=same_key),
            )
        if not row.id and (same_email or same_key):
            first = same_email or same_key
            raise RefusedRow(
                "email", tr('"{text}" is already in line {first}', text=shown(email), first=first)
            )
        self._line_of_key[row.key()] = row.line
        if email:
            self._line_of_email.setdefault(email, row.line)
        if same_email is not None:
            return [
                Note(
                    "email",
                    tr("the same address as in line {line}, with another id", line=same_email),
                )
            ]
        return []
