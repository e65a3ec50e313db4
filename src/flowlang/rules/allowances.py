"""Comments that allow what a rule finds: `# flow: allow wait-without-end because …`.

Behind a statement a comment holds for that line, behind a line of a message for the text that it
gives or names; on a line of its own for the statement below it and all that stands in it; at the
head of the file, before an empty line, for the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from flowlang.rules import diagnostics as d
from flowlang.rules import registry
from flowlang.rules.severities import Severities
from flowlang.source import Edit, Finding, Findings, Fix, Span, did_you_mean
from flowlang.speech import tr
from flowlang.syntax.lexeme import Line
from flowlang.syntax.parser import Parsed

_COMMENT = re.compile(r"\#[ \t]*flow[ \t]*:[ \t]*(?P<verb>\w+)(?P<rest>[^\n]*)", re.IGNORECASE)
_BECAUSE = re.compile(r"(?<!\S)(?:because|weil)(?!\w)", re.IGNORECASE)
_VERBS = ("allow", "erlaube")
_WRITTEN = {"en": ("allow", "because"), "de": ("erlaube", "weil")}
"""How a comment is written in a file of a language; both are read in all."""
_VERB_BEFORE = re.compile(rf":[ \t]*(?:{'|'.join(_VERBS)})$", re.IGNORECASE)
CHANGE = re.compile(r"[ \t]+(?:changes?|änderung(?:en)?)(?!\w)", re.IGNORECASE)
"""Begins what a comment allows that speaks of changes."""
_NAME = re.compile(r"[^\s,]+")


@dataclass(slots=True)
class Allowance:
    """One name in a comment that allows it."""

    name: str
    span: Span
    """Of the name."""
    comment: Span
    alone: bool
    """The comment has no other name."""
    start: int
    end: int
    """Where it holds."""
    used: bool = False


@dataclass(slots=True)
class Allowances:
    """What the comments of a file allow."""

    findings: Findings
    found: list[Allowance] = field(default_factory=list)

    def allow(self, finding: Finding, places: list[Span]) -> bool:
        """Whether a comment allows a finding at any of its places; notes that it was used."""
        fitting = [
            one
            for one in self.found
            if one.name == finding.diagnostic.name
            and any(one.start <= place.start < one.end for place in places)
        ]
        for one in fitting:
            one.used = True
        return bool(fitting)

    def report_unused(self) -> None:
        for one in self.found:
            if not one.used:
                fix = Fix((Edit(_removed(one), ""),))
                self.findings.report(d.UNUSED, one.span, name=one.name, fix=fix)


def read(parsed: Parsed, severities: Severities, findings: Findings) -> Allowances:
    """The allowances of a file; what is wrong with them is reported."""
    allowances = Allowances(findings)
    text = parsed.source.text
    for match, verb in comments(parsed):
        if verb not in _VERBS:
            _misspelt(parsed, match, findings)
            continue
        if CHANGE.match(match["rest"]):
            continue  # it speaks of what has changed (`flow diff`), not of a rule
        span = Span(parsed.source, match.start(), match.start() + len(match[0].rstrip()))
        because = _BECAUSE.search(text, match.start("rest"), match.end())
        if because is None or not text[because.end() : match.end()].strip(" \t:.…"):
            hint = tr("as in `# flow: allow wait-without-end because the contact always answers`")
            findings.report(d.NO_REASON, span, hint=hint)
        start, end = scope(parsed, match.start())
        end_of_names = because.start() if because else match.end()
        names = list(_NAME.finditer(text, match.start("rest"), end_of_names))
        if not names:
            findings.report(d.UNKNOWN, span, what=tr("the comment names no rule"))
        for name in names:
            place = Span(parsed.source, name.start(), name.end())
            known = _known(name[0], place, severities, findings)
            if known is not None:
                allowances.found.append(Allowance(known, place, span, len(names) == 1, start, end))
    return allowances


def comments(parsed: Parsed) -> Iterator[tuple[re.Match[str], str]]:
    """The comments that speak to flow, each with its verb; its `rest` is what follows."""
    text = parsed.source.text
    if "flow" not in text or "#" not in text:
        return
    for match in _COMMENT.finditer(text):
        if not _within_a_text(parsed, match.start()):
            yield match, match["verb"].lower()


def _known(word: str, place: Span, severities: Severities, findings: Findings) -> str | None:
    """The rule that a comment names; None, and a finding, where it cannot allow that."""
    name = registry.name_of(word)
    if name is None:
        if word in registry.FAMILIES:
            what = tr("`{word}` is a family: name the rule that is to be allowed", word=word)
            findings.report(d.UNKNOWN, place, what=what)
        else:
            hint = did_you_mean(word, list(registry.names()))
            findings.report(
                d.UNKNOWN, place, what=tr("there is no rule `{word}`", word=word), hint=hint
            )
        return None
    why = _why_locked(name, severities)
    if why:
        findings.report(d.LOCKED, place, name=name, why=why)
        return None
    return name


def _why_locked(name: str, severities: Severities) -> str:
    """Why no comment can allow what a rule finds; empty where one can."""
    family = registry.names()[name]
    if severities.is_locked(name, family):
        return tr("flow.toml says so")
    if name not in registry.OTHERS and registry.rules()[name].legal:
        return tr("it guards a law; flow.toml can switch it off, with a reason")
    return tr("a comment cannot excuse itself") if family == "allowances" else ""


def allowing(finding: Finding, parsed: Parsed, severities: Severities) -> Edit | None:
    """The comment that would allow a finding in a file, but for the reason, which is left open.

    It stands behind the line where the finding belongs, or above it where one stands behind it
    already.  None where no comment can allow it.
    """
    name = finding.diagnostic.name
    place = next((one for one in finding.places if one.source is parsed.source), None)
    if place is None or name not in registry.names():
        return None
    line = next((one for one in parsed.lines if one.start <= place.start < one.end), None)
    if line is None or _why_locked(name, severities):
        return None
    verb, because = _WRITTEN.get(parsed.language, _WRITTEN["en"])
    comment = f"# flow: {verb} {name} {because} …"
    text = parsed.source.text
    end = text.find("\n", line.end)
    if text[line.end : end if end >= 0 else len(text)].strip():
        indent = text[text.rfind("\n", 0, line.start) + 1 : line.start]
        above = Span(parsed.source, line.start, line.start)
        return Edit(above, f"{comment}\n{indent}")
    return Edit(Span(parsed.source, line.end, line.end), f"  {comment}")


def _misspelt(parsed: Parsed, match: re.Match[str], findings: Findings) -> None:
    """`alow` is a mistake; any other word just begins a comment about flow."""
    from difflib import get_close_matches  # for those who mistype only

    near = get_close_matches(match["verb"].lower(), _VERBS, n=1, cutoff=0.75)
    if near:
        span = Span(parsed.source, match.start("verb"), match.end("verb"))
        findings.report(
            d.UNKNOWN, span, what=tr("`{word}` allows nothing", word=match["verb"]),
            hint=tr("did you mean `{name}`?", name=near[0]), fix=Fix((Edit(span, near[0]),)),
        )  # fmt: skip


def _within_a_text(parsed: Parsed, at: int) -> bool:
    """Whether a place is within a text in quotes, where `#` begins no comment."""
    return any(
        lexeme.start < at < lexeme.end
        for line in parsed.lines
        if line.start < at < line.end
        for lexeme in line.lexemes
        if lexeme.kind in ("STRING", "BLOCK")
    )


def scope(parsed: Parsed, at: int) -> tuple[int, int]:
    """Where a comment holds."""
    lines, text = parsed.lines, parsed.source.text
    behind = next((line for line in lines if _ends_before(line, at, text)), None)
    if behind is not None:
        return behind.start, behind.end
    following = next((index for index, line in enumerate(lines) if line.start > at), None)
    if following is None or (following == 0 and "\n\n" in text[at : lines[0].start]):
        return 0, len(text) + 1
    return _block(lines, following)


def _ends_before(line: Line, at: int, text: str) -> bool:
    """Whether the comment stands in the line, or behind it."""
    return line.start < at and "\n" not in text[line.end : at]


def _block(lines: list[Line], index: int) -> tuple[int, int]:
    """From the start of a line to the end of the last line that stands in it."""
    first = lines[index]
    last = first
    for line in lines[index + 1 :]:
        if line.width <= first.width:
            break
        last = line
    return first.start, last.end


def _removed(one: Allowance) -> Span:
    """What to take out of the text, so that the name is no longer allowed."""
    source, text = one.span.source, one.span.source.text
    if not one.alone:
        first, end = one.span.start, one.span.end
        while text[first - 1] in ", \t":
            first -= 1
        if _VERB_BEFORE.search(text[one.comment.start : first]):
            first = one.span.start
            while text[end : end + 1] in (",", " ", "\t"):
                end += 1
        return Span(source, first, end)
    start = one.comment.start
    line_start = text.rfind("\n", 0, start) + 1
    if text[line_start:start].strip():
        while text[start - 1] in " \t":
            start -= 1
        return Span(source, start, one.comment.end)
    return Span(source, line_start, min(one.comment.end + 1, len(text)))
