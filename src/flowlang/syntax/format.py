"""TREE'S TEXT → TEXT: the one canonical layout, and the translation into another language.

The formatter works on the pieces and lines of a parsed file, not on its tree: it knows how tokens
stand next to each other and no statement by name.  Every run proves itself: the new text must give
the same tree and the same comments, and formatting it again must change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flowlang.source import Findings, Source, Span
from flowlang.speech import tr
from flowlang.syntax import keywords
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.parser import Parsed, parse
from flowlang.syntax.reader import Piece
from flowlang.syntax.spelling import Spelling, ordered
from flowlang.syntax.values import block

INDENT = "  "
CONTINUATION = "    "
COLUMN_GAP = 2
"""Between the columns of a table of fields."""
_SECOND_COLUMN = {"TYPE", "_ONE_OF", "_LIST_OF"}
"""A line that begins with a name and one of these is a row of such a table."""


class FormatError(Exception):
    """The formatter cannot give a text that means the same: the text is left alone."""


class NotReadable(FormatError):
    """The file has syntax errors; they have to be mended first."""


def format_source(parsed: Parsed, language: str | None = None, default: str = "en") -> str:
    """The text of a file in the canonical layout, in its own language or in another one.

    `default` is the language of the workspace, which decides whether the first line must name the
    file's.  Raises NotReadable for a file with syntax errors, FormatError where the text would not
    mean the same: in a translation, where a name is a word of the other language.
    """
    if not parsed.sound:
        raise NotReadable(
            tr("{name} has syntax errors and is not formatted", name=parsed.source.name)
        )
    text = _layout(parsed, language, default)
    _prove(parsed, text, default)
    return text


def first_line(span: Span, language: str) -> str:
    """The first line of a statement, as it would stand in a file of another language."""
    own = span.first_line
    if span.source.language == language:
        return own
    return _lines_in(span.source.text, span.source.language, language).get(span.start, own)


@lru_cache(maxsize=16)
def _lines_in(text: str, own: str, language: str) -> dict[int, str]:
    """The logical lines of a file in another language, by where they begin."""
    parsed = parse(Source("", text), Findings(), own)
    rows = _Rows(parsed, keywords.load(language)).rows if parsed.sound else []
    begun = [row.code.strip() for row in rows if row.begins]
    return {line.start: code for line, code in zip(parsed.lines, begun, strict=parsed.sound)}


def comments(parsed: Parsed) -> list[str]:
    """The comments of a file in order, without its language line."""
    return [
        row.comment
        for row in _Rows(parsed, keywords.load(parsed.language)).rows
        if row.comment and not row.header
    ]


def _layout(parsed: Parsed, language: str | None, default: str) -> str:
    code = language or parsed.language
    words = keywords.load(code)
    rows = _Rows(parsed, words).rows
    named = any(row.header for row in rows)
    rows = [row for row in rows if not row.header]
    if not (code == default and (code == "en" or not (named or language))):
        rows.insert(0, _Row(f"# {words.header}: {code}"))
    _separate_declarations(rows)
    _align_columns(rows)
    _align_comments(rows)
    return _written(rows)


def _prove(parsed: Parsed, text: str, default: str) -> None:
    """Raise FormatError unless a new text says the same as the file, and is canonical itself."""
    name = parsed.source.name
    again = parse(Source(name, text), Findings(), default)
    if not again.sound or again.tree != parsed.tree:
        reason = tr("the new text would not mean the same")
        if again.language != parsed.language:
            reason = tr("a name in it is a word of the language in `{code}`", code=again.language)
        raise FormatError(tr("{name} is left as it is: {why}", name=name, why=reason))
    if comments(again) != comments(parsed):
        raise FormatError(tr("{name} is left as it is: a comment would be lost", name=name))
    if _layout(again, None, default) != text:
        raise FormatError(
            tr("{name} is left as it is: formatting twice would change it again", name=name)
        )


# ------------------------------------------------------------------ rows


@dataclass(slots=True)
class _Row:
    """One physical line of the new text."""

    code: str = ""
    comment: str = ""
    depth: int = 0
    blank: bool = False
    """A blank line stands above it."""
    column: int = 0
    """Where the second column begins in `code`, in a row of a table."""
    begins: bool = False
    """It is the first row of a logical line."""
    opens: bool = False
    """Indented lines belong below it."""
    header: bool = False
    verbatim: bool = False
    """The inside of a text block."""


class _Rows:
    """The rows of a file: its pieces put side by side, its comments and blank lines kept."""

    def __init__(self, parsed: Parsed, words: Keywords) -> None:
        self.text = parsed.source.text
        self.pieces = ordered(parsed.pieces, words)
        self.spelling = Spelling(self.text, self.pieces, words, parsed.language)
        self.levels = [(0, 0)]
        self.rows: list[_Row] = []
        self.blank = False
        self.first = 0
        lines = iter([*parsed.lines, None])
        line = next(lines)
        end = 0
        for index, piece in enumerate(self.pieces):
            if line is not None and piece.start == line.start:
                self._between(end, piece.start, line.width)
                following = next(lines)
                self.first = index
                self._begin(
                    line.width, opens=following is not None and following.width > line.width
                )
                line = following
            elif "\n" in self.text[end : piece.start]:
                self._continue(end, piece.start)
            self._add(index, piece)
            end = max(end, piece.end)
        self._between(end, len(self.text), 0)

    def _begin(self, width: int, *, opens: bool) -> None:
        while width < self.levels[-1][0]:
            self.levels.pop()
        if width > self.levels[-1][0]:
            self.levels.append((width, len(self.levels)))
        depth = self.levels[-1][1]
        self._row(_Row(INDENT * depth, depth=depth, begins=True, opens=opens))

    def _row(self, row: _Row) -> None:
        row.blank = self.blank and bool(self.rows)
        self.blank = False
        self.rows.append(row)

    def _between(self, start: int, end: int, width: int) -> None:
        """The comments and blank lines above a line of this width."""
        parts = self.text[start:end].split("\n")
        if self.rows:
            self.rows[-1].comment = parts.pop(0).strip()
        for part in parts[:-1] if end < len(self.text) else parts:
            shown = part.strip()
            if not shown:
                self.blank = True
                continue
            header = not self.rows and keywords.header(shown) is not None
            depth = self._comment_depth(_width(part), width)
            self._row(_Row(comment=shown, depth=depth, header=header))

    def _comment_depth(self, own: int, following: int) -> int:
        """A comment belongs to the line below it, unless it is deeper: then to the block above."""
        if own <= following:
            if following > self.levels[-1][0]:
                return self.levels[-1][1] + 1
            own = following
        return max(depth for width, depth in self.levels if width <= own)

    def _continue(self, start: int, end: int) -> None:
        """A line goes on where its author broke it; comments within it stay where they are."""
        depth = self.rows[-1].depth
        first, *others, _ = self.text[start:end].split("\n")
        self.rows[-1].comment = first.strip()
        self.blank = False
        lead = INDENT * depth + CONTINUATION
        self.rows += [_Row(lead, part.strip(), depth) for part in others if part.strip()]
        self.rows.append(_Row(lead, depth=depth))

    def _add(self, index: int, piece: Piece) -> None:
        row = self.rows[-1]
        if piece.terminal == "BLOCK" and "\n" in self.text[piece.start : piece.end]:
            self._add_block(row, self.text[piece.start : piece.end])
            return
        shown = self.spelling.of(index, self.first)
        code = row.code
        if code and not code.isspace() and not code.endswith("(") and shown[0] not in ",)":
            code += " "
        if row.begins and piece.terminal in _SECOND_COLUMN and self._follows_a_name(index):
            row.column = len(code)
        row.code = code + shown

    def _follows_a_name(self, index: int) -> bool:
        before = self.pieces[index - 1]
        return (
            before.terminal == "NAME"
            and self.rows[-1].code.strip() == self.text[before.start : before.end]
        )

    def _add_block(self, row: _Row, text: str) -> None:
        row.code += ' """' if row.code.strip() else '"""'
        lead = INDENT * (row.depth + 1)
        value = block(text)
        for line in value.split("\n") if value else []:
            self.rows.append(_Row(lead + line if line else "", depth=row.depth, verbatim=True))
        self.rows.append(_Row(lead + '"""', depth=row.depth))


def _width(part: str) -> int:
    lead = part[: len(part) - len(part.lstrip())]
    return len(lead.replace("\t", INDENT))


# ------------------------------------------------------------------ the rows as a whole


def _separate_declarations(rows: list[_Row]) -> None:
    """One blank line between declarations; among those of one line the author's are kept."""
    before: int | None = None
    for index, row in enumerate(rows):
        if row.depth or not row.begins:
            continue
        if before is not None and (rows[before].opens or row.opens):
            first = index
            while first - 1 > before and not rows[first - 1].code and not rows[first - 1].depth:
                first -= 1
            rows[first].blank = True
        before = index


def _align_columns(rows: list[_Row]) -> None:
    """Give the fields of a table that stand below each other one second column."""
    table: list[_Row] = []
    for row in [*rows, _Row(blank=True)]:
        ends = row.begins and (not row.column or row.depth != table[0].depth) if table else False
        if table and (ends or row.blank):
            column = max(entry.column for entry in table) - 1 + COLUMN_GAP
            for entry in table:
                name, rest = entry.code[: entry.column], entry.code[entry.column :]
                entry.code = name.rstrip().ljust(column) + rest
            table = []
        if row.column:
            table.append(row)


def _align_comments(rows: list[_Row]) -> None:
    """Put the comments behind lines that follow each other below each other."""
    run: list[_Row] = []
    for row in [*rows, _Row(blank=True)]:
        behind_code = bool(row.comment and row.code.strip())
        if run and (row.blank or not behind_code):
            column = max(len(entry.code) for entry in run)
            for entry in run:
                entry.code = entry.code.ljust(column)
            run = []
        if behind_code:
            run.append(row)


def _written(rows: list[_Row]) -> str:
    lines: list[str] = []
    for index, row in enumerate(rows):
        if row.blank and index:
            lines.append("")
        if row.verbatim:
            lines.append(row.code)
        elif not row.comment:
            lines.append(row.code.rstrip())
        elif row.code.strip():
            lines.append(f"{row.code}  {row.comment}")
        else:
            lines.append((row.code or INDENT * row.depth) + row.comment)
    return "\n".join([*lines, ""]) if lines else ""
