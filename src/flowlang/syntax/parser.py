"""LINES → TREE: every word becomes a keyword or a name as it fits, line by line.

A line that does not parse goes to `recovery`; only what that cannot mend is given up, and the lines
below go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flowlang.source import Diagnostic, Edit, Findings, Fix, Source, Span
from flowlang.syntax import diagnostics as d
from flowlang.syntax import keywords
from flowlang.syntax.declarations import File
from flowlang.syntax.lexeme import Line
from flowlang.syntax.lexer import lines
from flowlang.syntax.machine import Entry
from flowlang.syntax.reader import Piece, Reader

MAX_LEVELS = 50
"""Of indentation."""


@dataclass(slots=True)
class Parsed:
    """A file's tree, and what the tools around it need besides."""

    source: Source
    tree: File
    language: str
    pieces: list[Piece]
    lines: list[Line]
    bad_lines: list[Span] = field(default_factory=list)
    """Lines that were given up; what a declaration around one lacks may have stood there."""
    sound: bool = True
    """Every line was read as it stands: nothing was found but what is a matter of layout."""


def parse(source: Source, findings: Findings, language: str = "en") -> Parsed:
    """The tree of a text.  Never fails: what cannot be read becomes findings.

    `language` is the workspace's; the first line of the file may say another.
    """
    # What could not be decoded was found before the parser saw the text.
    before = [finding for finding in findings.found if finding.span.source is source]
    parser = Parser(source, Findings(before[:]), language)
    parsed = parser.parse()
    if not parser.named and (other := parser.mostly_in()):
        # Nobody forgets a language in every line: it is the first line that is missing.
        again = Parser(source, Findings(before[:]), other)
        reparsed = again.parse()
        again.report_language()
        if len(again.findings.found) < len(parser.findings.found):
            parser, parsed = again, reparsed
    source.language = parser.words.code
    parsed.sound = all(one.diagnostic.code in _LAYOUT for one in parser.findings.found)
    findings.take(parser.findings, len(before))
    return parsed


_LAYOUT = {d.TAB_INDENTATION.code, d.WRONG_QUOTES.code, d.MISSING_SPACE.code}


_TYPES = ("TYPE", "_ONE_OF", "_LIST_OF")
"""What stands behind the name of a field."""


class _Level(NamedTuple):
    """A depth of indentation, and the line that opened it; not real where none may be there."""

    width: int
    header: Line | None
    real: bool


class Parser(Reader):
    """The parse of one file: its levels, its blocks, and what becomes of lines that are wrong."""

    def __init__(self, source: Source, findings: Findings, language: str) -> None:
        super().__init__(source, keywords.load(language))
        self.findings = findings
        self.bad_lines: list[Span] = []
        self.levels = [_Level(0, None, real=True)]
        self.header: Line | None = None
        """The line above, below which a deeper one would stand."""
        self.before_header: tuple[Entry, int] = self.machine.stack, 0
        """Where the parser stood before it, with the number of pieces by then."""
        self.lost = False
        """The line above could not be read."""
        self.misplaced = False
        """The line above stood in a wrong place, which may be why this one does."""
        self.explained = 0
        self.foreign: dict[str, int] = {}
        """Lines with words of other languages, by language."""
        self.named = False
        """Its first line says in which language it is, and there is one."""
        self._read_language_line()

    def _read_language_line(self) -> None:
        found = keywords.language_line(self.text)
        if found is None:
            return
        code, start = found
        meant = next((c for c in keywords.languages() if code in keywords.load(c).aliases), None)
        self.named = code in keywords.languages() or meant is not None
        if code in keywords.languages():
            self.speak(keywords.load(code))
            return
        if meant is not None:
            self.speak(keywords.load(meant))
        from flowlang.syntax import wording

        words = self.words
        known = [f"`{one}` ({self.language_name(one)})" for one in keywords.languages()]
        span = Span(self.source, start, start + len(code))
        self.findings.report(
            d.UNKNOWN_LANGUAGE,
            span,
            code=code,
            known=wording.listed(known, words, "and"),
            hint=words.say("write", text=meant) if meant else "",
            fix=Fix((Edit(span, meant),)) if meant else None,
        )

    def language_name(self, code: str) -> str:
        """What a language is called in the language of this file."""
        return self.words.sentences.get(f"language-{code}", keywords.load(code).name)

    def mostly_in(self) -> str | None:
        """The other language that as many lines are in as can be, or None."""
        for code, count in self.foreign.items():
            if count >= 2 and count * 2 >= self.explained:
                return code
        return None

    def report_language(self) -> None:
        """Report that the file is in this language, which it does not name."""
        words = self.words
        if keywords.language_line(self.text) is not None:
            return  # it names one that does not exist, which has been reported
        start = len(self.text) - len(self.text.lstrip())
        end = self.text.find("\n", start)
        span = Span(self.source, start, end if end >= 0 else len(self.text))
        line = f"# {words.header}: {words.code}"
        self.findings.report(
            d.OTHER_LANGUAGE,
            span,
            other=self.language_name(words.code),
            hint=words.say("write", text=line),
            fix=Fix((Edit(Span(self.source, 0, 0), line + "\n"),)),
        )

    # -------------------------------------------------------------- the file

    def parse(self) -> Parsed:
        machine = self.machine
        found = lines(self.source, self.words, self.findings)
        skip: int | None = None
        for line in found:
            if skip is not None:
                if line.width > skip:
                    continue
                skip = None
            if self._is_too_deep(line) and self._continued(line):
                continue
            if not self._indentation(line):
                skip = self.levels[-1].width
                continue
            if self._line(line):
                self.misplaced = self.lost = False
            elif self._give_up(line) or self.misplaced:
                skip = line.width
            self.header = line
        for level in reversed(self.levels[1:]):
            if level.real:
                machine.shift("_DEDENT", None, None, machine.end)
        tree = machine.finish()
        if not isinstance(tree, File):
            raise TypeError(f"not a file: {tree!r}")
        self._report_missing_blocks(found)
        return Parsed(self.source, tree, self.words.code, self.pieces, found, self.bad_lines)

    def _is_too_deep(self, line: Line) -> bool:
        """Whether a line stands deeper than the one above, which takes no lines below it."""
        if self.header is None or self.lost or line.width <= self.levels[-1].width:
            return False
        return not self.machine.can_shift(self.machine.stack, "_INDENT")

    def _continued(self, line: Line) -> bool:
        # What puts lines right is loaded for a line that is wrong, and mostly none is.
        from flowlang.syntax.recovery import continued

        return continued(self, line)

    def _indentation(self, line: Line) -> bool:
        """Open and close blocks before a line; False where the line is too deep to be read."""
        machine, levels = self.machine, self.levels
        if line.width > levels[-1].width:
            if len(levels) > MAX_LEVELS:
                self.report(d.NESTED_TOO_DEEP, line.start, line.end, limit=MAX_LEVELS)
                return False
            machine.begin_line()
            real = machine.shift("_INDENT", None, None, machine.end)
            if not real:
                self.report(d.UNEXPECTED_INDENT, line.start, line.end)
            header = self.header if real else levels[-1].header
            levels.append(_Level(line.width, header, real=real))
            self.misplaced = not real  # it has been reported, whatever else is wrong with it
            return True
        closed = False
        while line.width < levels[-1].width:
            self.misplaced = False
            if levels.pop().real:
                machine.begin_line()
                machine.shift("_DEDENT", None, None, machine.end)
                closed = True
        if line.width > levels[-1].width:
            if closed:
                self.report(d.INCONSISTENT_INDENT, line.start, line.end)
            levels.append(_Level(line.width, levels[-1].header, real=False))
        return True

    def open_level(self, width: int, header: Line) -> None:
        """Note a block that was opened while its header was read."""
        self.levels.append(_Level(width, header, real=True))

    def _line(self, line: Line) -> bool:
        """Parse a line, mended where it must be; False where it has to be given up."""
        self.machine.begin_line()
        start, pieces = self.before_header = self.machine.stack, len(self.pieces)
        failure = self.feed(line.lexemes, self.words)
        if failure is None:
            for place in line.glued:
                self._report_glued(*place)
            for at in line.shallow:
                self._report_shallow(at)
            return True
        if self._is_field_with_a_taken_name(line, start, pieces):
            return True
        from flowlang.syntax.recovery import mended

        if mended(self, line, failure, start, pieces):
            return True
        self.back(start, pieces)
        return False

    def _is_field_with_a_taken_name(self, line: Line, start: Entry, pieces: int) -> bool:
        """`every text` in an event means a field; that its name is taken, the checker says."""
        first, *rest = line.lexemes
        types = {form.split()[0] for name in _TYPES for form in self.words.forms(name)}
        if not rest or rest[0].text.lower() not in types or first.text.lower() not in self.reserved:
            return False
        self.back(start, pieces)
        stop = self._take_value("NAME", first.text, first.start, first.end)
        if stop is not None and self.feed(rest, self.words) is None:
            return True
        self.back(start, pieces)
        return False

    def _give_up(self, line: Line) -> bool:
        """Put a mark in the place of a line; True where the lines below it are lost too."""
        machine = self.machine
        self.lost = True
        machine.shift("_BAD_LINE", None, line.start, line.end)
        machine.shift("_NL", None, None, line.end)
        self.bad_lines.append(Span(self.source, line.start, line.end))
        return not machine.can_shift(machine.stack, "_INDENT")

    def _report_glued(self, start: int, end: int) -> None:
        """A space is missing: around a minus, or between a number and its unit."""
        text, words = self.text, self.words
        if text[start:end] == "-":
            what, right = words.say("minus"), "-"
            before = "" if text[start - 1].isspace() else " "
            right = f"{before}-" + ("" if text[end : end + 1].isspace() else " ")
        else:
            found = keywords.first_word(text[end : end + 40])
            what = words.say("space", first=text[start:end], second=found)
            right = f"{text[start:end]} "
        span = Span(self.source, start, end)
        self.findings.report(d.MISSING_SPACE, span, what=what, fix=Fix((Edit(span, right),)))

    def _report_shallow(self, start: int) -> None:
        """A condition goes on in a line that is no deeper than the one above."""
        place = Span(self.source, start, start)
        first = keywords.first_word(self.text[start : start + 40])
        span, what = place._replace(end=start + len(first)), self.words.say("deeper")
        fix = Fix((Edit(place, "    "),))
        self.findings.report(d.UNEXPECTED, span, what=what, fix=fix)

    # -------------------------------------------------------------- blocks

    def where(self) -> str:
        """Where the line at hand stands, in words."""
        from flowlang.syntax import places

        header = self.levels[-1].header
        if header is None:
            return self.words.say("where-top")
        word = places.heading(self.words, self.text, header.lexemes)
        return self.words.say("where-in" if not header.width else "where-below", word=word)

    def missing_block(self, header: Line) -> None:
        """Report that a line has no lines below it."""
        from flowlang.syntax import places

        if self._is_field_called_records(header):
            return
        word = places.heading(self.words, self.text, header.lexemes)
        end = header.start + len(word)
        self.report(d.MISSING_BLOCK, header.start, end, what=f"`{word}`")

    def _is_field_called_records(self, header: Line) -> bool:
        """`records text` means a field; that its name is taken is said in its place."""
        first, words = header.lexemes[0], self.words
        rest = self.text[first.end : header.end].strip().lower()
        if first.text.lower() not in words.forms("_RECORDS") or rest not in words.forms("TYPE"):
            return False
        self.report(
            d.RESERVED_NAME, first.start, first.end, name=first.text, what=words.say("a-field"),
            hint=words.say("other-name", name=first.text),
        )  # fmt: skip
        return True

    def _report_missing_blocks(self, found: list[Line]) -> None:
        if not self.machine.lacking:
            return
        lacking = set(self.machine.lacking)
        below = 0
        for line, following in zip(found, [*found[1:], None], strict=True):
            # Lines that stand below it and could not be read have been reported.
            below = following.width if following is not None else 0
            if line.start in lacking and below <= line.width:
                self.missing_block(line)

    def report(self, diagnostic: Diagnostic, start: int, end: int, **words: Any) -> None:
        """Report a finding at a place of this file."""
        span = Span(self.source, start, end)
        self.findings.report(diagnostic, span, **words)
