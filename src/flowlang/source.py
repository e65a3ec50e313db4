"""What every stage speaks of: a text, a place in it, and what was found there.

A `Span` is two offsets into a `Source`; line and column are made at the edge, when a finding is
shown.  Findings are values that are collected; exceptions are for bugs and for the environment.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, Self

from flowlang.speech import ENGLISH, Text, in_language, said, some, tr

Severity = Literal["error", "warning", "info"]


class Source:
    """One text with the name it is shown under.

    Text is NFC with LF line ends and no byte-order mark.  Findings in it are told in its
    `language`; whoever reads the text sets it.
    """

    __slots__ = ("_starts", "language", "name", "path", "text")

    def __init__(self, name: str, text: str, path: Path | None = None) -> None:
        self.name = name
        self.path = path
        self.language = ENGLISH
        text = text.removeprefix("\ufeff")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.text = text if text.isascii() else unicodedata.normalize("NFC", text)
        self._starts: list[int] | None = None

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._starts = starts
        return self._starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1, the column in characters."""
        starts = self._line_starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column, both from 1; within the text whatever they say."""
        starts = self._line_starts()
        if line < 1:
            return 0
        if line > len(starts):
            return len(self.text)
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        return min(starts[line - 1] + max(column - 1, 0), end)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line end."""
        starts = self._line_starts()
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end]

    def __repr__(self) -> str:
        return f"Source({self.name!r})"


_COMMENT = re.compile(
    r'''(""".*?(?:"""|\Z)|"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"?)|\#[^\n]*''', re.DOTALL
)
"""Or a text in quotes, in which none begins."""


def _without_comments(text: str) -> str:
    return _COMMENT.sub(lambda found: found[1] or "", text) if "#" in text else text


class Span(NamedTuple):
    """A place in a source: from `start` up to, not including, `end`."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def words(self) -> str:
        """The text in one line, without its comments."""
        return " ".join(_without_comments(self.text).split())

    @property
    def first_line(self) -> str:
        """The first line of the text, without a comment behind it."""
        return _without_comments(self.text.split("\n", 1)[0]).strip()

    def to(self, other: Span) -> Span:
        """From the start of this place to the end of the other."""
        return Span(self.source, self.start, other.end)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A thing that can be found: a stable code and name, a severity, and the sentence that says it.

    `text` is a format string; what fills it is given where the thing is found.
    """

    code: str
    name: str
    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `text` in the place of a span."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that remove a finding.

    A safe one leaves the history of every test as it was, and where nothing could be run yet, there
    is no other way in which it could be meant.  A guess is never safe.
    """

    edits: tuple[Edit, ...]
    safe: bool = True


def touching(one: Edit, other: Edit) -> bool:
    """Whether two edits of one text lie over each other, or side by side."""
    return one.span.start <= other.span.end and other.span.start <= one.span.end


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits applied that lie in it, none over another."""
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


class Walk(NamedTuple):
    """An outcome of a step that a finding is about: a contact can be shown that comes there."""

    campaign: str
    at: int
    """The number of the instruction."""
    outcome: str
    """The label of one of its outcomes."""
    lacking: str = ""
    """The field of the contact for want of which, and of nothing else, it comes to that."""
    before: int = -1
    """The number of an instruction that it went through before, if the finding is about both."""
    outcome_before: str = ""
    """The label of the outcome of that one."""
    allowed: str = ""
    """The channel by which the contact has allowed marketing at first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake at one place, in plain words."""

    diagnostic: Diagnostic
    span: Span
    message: str
    hint: str = ""
    fix: Fix | None = None
    also: tuple[tuple[Span, str], ...] = ()
    """The other half, where there is one: "first declared here"."""
    walk: Walk | None = None
    """How a contact comes there, where the finding is about a path."""
    test: str = ""
    """A test in which one comes there, ready to be pasted."""
    home: Span | None = None
    """Where it belongs, where `span` is elsewhere, such as in a body: comments count there."""

    @property
    def severity(self) -> Severity:
        return self.diagnostic.severity

    @property
    def places(self) -> tuple[Span, ...]:
        """Where a comment can speak of it: its own line first, then where it belongs."""
        return (self.span,) if self.home is None else (self.span, self.home)

    @property
    def language(self) -> str:
        """That of the file it belongs to, in which it is told."""
        return (self.home or self.span).source.language

    @property
    def order(self) -> tuple[str, int, int, str]:
        return self.span.source.name, self.span.start, self.span.end, self.diagnostic.code


_GUESSES = ("FL001", "FL002", "FL019", "FL020", "FL021", "FL024", "FL025")
_UNSURE = {"FL019": ("FL1",), "FL020": ("FL1", "FL2", "FL4")}
"""Of a line with such a guess, what is not judged, where that is something else than of the others:
where a text was guessed, names; where a word was, it may be another line altogether.
"""


@dataclass(slots=True)
class Findings:
    """Where the stages put what they find.  A place and a diagnostic are reported once."""

    found: list[Finding] = field(default_factory=list)
    _seen: set[tuple[str, str, int]] = field(default_factory=set)
    _guessed: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)
    """Lines that were put right by a guess, with what of their meaning is then not judged."""

    def report(
        self,
        diagnostic: Diagnostic,
        span: Span,
        *,
        hint: str = "",
        fix: Fix | None = None,
        also: tuple[tuple[Span, str], ...] = (),
        walk: Walk | None = None,
        home: Span | None = None,
        **words: object,
    ) -> None:
        """Add one, told in the language of the file that it belongs to.

        A hint that is a Guess gives it a fix, if it has none of its own.
        """
        key = (diagnostic.code, span.source.name, span.start)
        if key in self._seen:
            return
        place = (span.source.name, span.line)
        if diagnostic.code in _GUESSES:
            unsure = _UNSURE.get(diagnostic.code, ("FL2", "FL5"))
            self._guessed[place] = (*self._guessed.get(place, ()), *unsure)
        elif diagnostic.code.startswith(self._guessed.get(place, ())):
            return
        self._seen.add(key)
        if fix is None and isinstance(hint, Guess):
            fix = hint.fix(span)
        language = (home or span).source.language
        self.found.append(
            Finding(
                diagnostic,
                span,
                said(diagnostic.text, words, language),
                in_language(hint, language),
                fix,
                tuple((other, in_language(sentence, language)) for other, sentence in also),
                walk,
                home=home,
            )
        )

    def take(self, others: Findings, since: int = 0) -> None:
        """Add what was found when another text was read, as if it were found now; `since` it had
        found so many.
        """
        self.found += others.found[since:]
        self._seen |= others._seen
        self._guessed.update(others._guessed)

    def in_order(self) -> list[Finding]:
        return sorted(self.found, key=lambda finding: finding.order)

    @property
    def has_errors(self) -> bool:
        return any(finding.severity == "error" for finding in self.found)


Report = Callable[..., None]


ALWAYS_THERE = frozenset(
    (
        "id", "email", "mobile", "language", "timezone", "created", "at", "today", "now",
        "tags", "groups", "consent", "blocked", "unsubscribe_link",
    )
)  # fmt: skip
"""Names that nobody declares: of little help to someone who looks for one of their own."""


def guess(word: str, known: list[str] | tuple[str, ...]) -> str | None:
    """The known word that a misspelled one most likely means, or None.

    Words that differ only in case, in `_` and `-` or in an umlaut spelt out count as nearest.
    """
    from difflib import get_close_matches  # for those who mistype only

    plain = _plain(word)
    by_plain = {_plain(candidate): candidate for candidate in reversed(known)}
    if plain in by_plain:
        return by_plain[plain]
    cutoff = 0.6 if len(word) > 3 else 0.66
    near = get_close_matches(plain, by_plain, n=1, cutoff=cutoff)
    return by_plain[near[0]] if near else None


class Guess(Text):
    """A hint that says which name was likely meant, and knows how to write it."""

    __slots__ = ("meant", "typed")
    meant: str
    typed: str

    @classmethod
    def of(cls, typed: str, meant: str) -> Self:
        """The guess that one name was typed and another one meant."""
        hint = tr("did you mean `{name}`?", name=meant)
        made = cls(hint.template, hint.parts)
        made.typed, made.meant = typed, meant
        return made

    def alone(self) -> Text:
        """The hint without a fix."""
        return Text(self.template, self.parts)

    def fix(self, span: Span) -> Fix | None:
        """Put the name in the place of the other; None where that does not stand there as it is.

        Never safe: another message may be meant by it, and goes out then.
        """
        found, meant = span.text, self.meant
        if found == self.typed or found.endswith(f".{self.typed}"):
            end = span._replace(start=span.end - len(self.typed))
            return Fix((Edit(end, meant),), safe=False) if _BARE.fullmatch(meant) else None
        quote = found[:1]
        if quote not in ("'", '"') or found != f"{quote}{self.typed}{quote}":
            return None
        if quote == "'" and any(sign in meant for sign in "'\"\\"):
            return None
        escaped = meant.replace("\\", "\\\\").replace('"', '\\"')
        return Fix((Edit(span, f"{quote}{escaped}{quote}"),), safe=False)


_BARE = re.compile(r"[^\W\d][\w-]*(?:\.[^\W\d][\w-]*)*")
"""What can stand without quotes."""


def did_you_mean(
    word: str, known: list[str] | tuple[str, ...], what: str = "", *, all_at: str = ""
) -> str:
    """A hint for a name that is not known: the likely one, as a Guess, else a few that exist;
    where there are more, `all_at` is the command that lists all of them.
    """
    near = guess(word, known)
    if near is not None:
        return Guess.of(word, near)
    if not known:
        return tr("no {what} is declared yet", what=what) if what else ""
    declared_first = sorted(known, key=lambda name: (name in ALWAYS_THERE, name))
    return tr(
        "there is {names}", names=some((f"`{name}`" for name in declared_first), all_at=all_at)
    )


def _plain(word: str) -> str:
    word = word.casefold().replace("_", "").replace("-", "")
    for umlaut, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        word = word.replace(umlaut, plain)
    return word
