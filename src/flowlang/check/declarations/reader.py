"""Who reads declarations: what is known of the file at hand, and what all kinds of them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flowlang.check import diagnostics as d
from flowlang.check.name_lengths import check_lengths
from flowlang.check.names import Names
from flowlang.source import Findings, Source, Span
from flowlang.speech import tr
from flowlang.syntax import declarations as tree
from flowlang.syntax import keywords, policies
from flowlang.syntax.by_node import ByNode
from flowlang.syntax.diagnostics import RESERVED_NAME
from flowlang.syntax.tree import Node, Token

MAX_FILE = 2_000_000
"""Characters of a body or codes file."""

Read = Callable[["Reader", Any], None]
READERS: ByNode[Read] = ByNode()
"""By node: what takes its names into `Reader.names`."""
reads = READERS.register


@dataclass(slots=True)
class Reader:
    """Fills `names` from the trees of files, one after the other."""

    names: Names
    read_text: Callable[[Path, Span], Source | None]
    """Reads a file beside a source; reports and gives None where it cannot."""
    may_read: Callable[[Path, Span], bool]
    """Whether a file beside a source is there to be read; reports where it is not."""
    language: str = "en"
    """Of the file at hand."""
    languages: frozenset[str] = frozenset()
    """Of all files of the workspace: a name may be a word in none of them, for all may use it."""
    broken: tuple[Span, ...] = ()
    """Lines of the file that could not be read: what a declaration lacks may be there."""
    all_broken: list[Span] = field(default_factory=list)
    """Such lines of all files."""

    @property
    def findings(self) -> Findings:
        return self.names.findings

    def file(self, file: tree.File) -> None:
        """Take the declarations of one file, but for policies; conditions wait until all names are
        known.
        """
        self.all_broken += self.broken
        check_lengths(file, self.findings)
        for item in file.items:
            read = READERS.get(type(item))
            if read is not None and not isinstance(item, policies.Policy):
                read(self, item)

    def policies(self, file: tree.File) -> None:
        """Take the policies of a file; they speak of calendars, so all files are read before."""
        for item in file.items:
            if isinstance(item, policies.Policy):
                READERS[policies.Policy](self, item)

    # -------------------------------------------------------------- what declarations share

    def new(self, what: str, token: Token) -> bool:
        """Note where a name is declared; False, and a finding, where it is there already."""
        first = self.names.spans.setdefault((what, token.value), token.span)
        if first is token.span:
            return True
        self.twice(token, tr("the {what}", what=what), first)
        return False

    def twice(self, token: Token, what: str, first: Span | None) -> None:
        """Report a name that is declared already."""
        self.findings.report(
            d.DUPLICATE_NAME, token.span, what=what, name=token.value,
            also=((first, tr("first declared here")),) if first else (),
        )  # fmt: skip

    def free(self, token: Token, what: str) -> None:
        """A name may not be a word that the grammar needs where names stand."""
        words = keywords.load(self.language)
        spoken = {self.language, *self.languages}
        if any(token.value.lower() in keywords.reserved(language) for language in spoken):
            self.findings.report(
                RESERVED_NAME, token.span, name=token.value, what=words.say(what),
                hint=words.say("other-name", name=token.value),
            )  # fmt: skip

    def unreadable(self, span: Span) -> list[str]:
        """The first words of lines that could not be read: fields, most likely, of some kind."""
        lines = [bad.text for bad in self.broken if _stands_in(bad, span)]
        return [text.split()[0] for text in lines if text.strip()]

    def once(self, line: Node, seen: set[type]) -> None:
        """Report a line of which there is one in the declaration already."""
        if type(line) in seen:
            first = line.span.first_line.split('"')[0].strip()
            self.findings.report(d.DUPLICATE_LINE, line.span, what=f"`{first}`")
        seen.add(type(line))

    def count(self, token: Token, least: int = 1) -> int:
        """A whole number; a finding where it is none, or less than `least`."""
        if not isinstance(token.value, int) or token.value < least:
            self.findings.report(
                d.BAD_VALUE,
                token.span,
                what=tr(
                    "a whole number from {least} is asked for, not {value}",
                    least=least,
                    value=token.value,
                ),
            )
            return least
        return token.value

    def path(self, token: Token) -> Path | None:
        """The file that a path in a source names: beside that source."""
        source = token.span.source
        base = source.path.parent if source.path else Path()
        return base / str(token.value)

    def broken_within(self, span: Span) -> bool:
        """Whether a line of a declaration in the file at hand could not be read."""
        return any(_stands_in(bad, span) for bad in self.broken)

    def broken_below(self, span: Span) -> bool:
        """The same of a declaration in any file."""
        return any(bad.source is span.source and _stands_in(bad, span) for bad in self.all_broken)


def _stands_in(bad: Span, span: Span) -> bool:
    return span.start <= bad.start <= span.end + 1
