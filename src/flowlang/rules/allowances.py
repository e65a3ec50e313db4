"""Comments that allow what a rule finds: `# flow: allow wait-without-end because …`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from flowlang.rules import diagnostics as d
from flowlang.rules import registry
from flowlang.rules.comments import Comment, any_of, comments, forms, scope, spoken
from flowlang.rules.severities import Severities
from flowlang.source import Edit, Finding, Findings, Fix, Span, did_you_mean
from flowlang.speech import tr
from flowlang.syntax import keywords
from flowlang.syntax.parser import Parsed

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
    for comment in comments(parsed):
        if not comment.allows:
            _misspelt(comment, findings)
        elif comment.change:
            _check_change(comment, parsed, findings)
        else:
            allowances.found += _named(comment, parsed, severities, findings)
    return allowances


def _check_change(comment: Comment, parsed: Parsed, findings: Findings) -> None:
    """It speaks of what has changed (`flow diff`), not of a rule."""
    from flowlang.rules import change_allowances  # such a comment stands there for a few days

    try:
        change_allowances.read(comment, keywords.load(parsed.language))
    except change_allowances.Unreadable as wrong:
        findings.report(d.UNREADABLE, comment.span, what=wrong.args[0])


def _named(
    comment: Comment, parsed: Parsed, severities: Severities, findings: Findings
) -> list[Allowance]:
    """What a comment allows: the rules that it names and may name."""
    text, end = parsed.source.text, comment.span.end
    because = _because().search(text, comment.start, end)
    if because is None or not text[because.end() : end].strip(" \t:.…"):
        words = keywords.load(parsed.language)
        form = f"# flow: {spoken('allow', words)} wait-without-end {spoken('because', words)}"
        hint = tr("as in `{form} the contact always answers`", form=form)
        findings.report(d.NO_REASON, comment.span, hint=hint)
    start, stop = scope(parsed, comment.span.start)
    names = list(_NAME.finditer(text, comment.start, because.start() if because else end))
    if not names:
        findings.report(d.UNKNOWN, comment.span, what=tr("the comment names no rule"))
    found = []
    for name in names:
        place = Span(parsed.source, name.start(), name.end())
        known = _known(name[0], place, severities, findings)
        if known is not None:
            found.append(Allowance(known, place, comment.span, len(names) == 1, start, stop))
    return found


@cache
def _because() -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{any_of('because')})(?!\w)", re.IGNORECASE)


@cache
def _verb_before() -> re.Pattern[str]:
    return re.compile(rf":[ \t]*(?:{any_of('allow')})$", re.IGNORECASE)


def _known(word: str, place: Span, severities: Severities, findings: Findings) -> str | None:
    """The rule that a comment names; None, and a finding, where it cannot allow that."""
    name = registry.name_of(word)
    if name is None:
        mistake = registry.diagnostic(word)
        if mistake is not None:
            what = tr("`{word}` is an error, and no comment can allow an error", word=word)
            way_out = tr("mend it: `flow rule {code}` says how", code=mistake.code)
            findings.report(d.UNKNOWN, place, what=what, hint=way_out)
        elif word in registry.FAMILIES:
            what = tr("`{word}` is a family: name the rule that is to be allowed", word=word)
            findings.report(d.UNKNOWN, place, what=what)
        else:
            hint = did_you_mean(word, list(registry.names()), all_at="flow rule --all")
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
    words = keywords.load(parsed.language)
    verb, because = spoken("allow", words), spoken("because", words)
    comment = f"# flow: {verb} {name} {because} …"
    text = parsed.source.text
    end = text.find("\n", line.end)
    if text[line.end : end if end >= 0 else len(text)].strip():
        indent = text[text.rfind("\n", 0, line.start) + 1 : line.start]
        above = Span(parsed.source, line.start, line.start)
        return Edit(above, f"{comment}\n{indent}")
    return Edit(Span(parsed.source, line.end, line.end), f"  {comment}")


def _misspelt(comment: Comment, findings: Findings) -> None:
    """`alow` is a mistake; any other word just begins a comment about flow."""
    from difflib import get_close_matches  # for those who mistype only

    span = comment.verb
    near = get_close_matches(span.text.lower(), forms("allow"), n=1, cutoff=0.75)
    if near:
        findings.report(
            d.UNKNOWN, span, what=tr("`{word}` allows nothing", word=span.text),
            hint=tr("did you mean `{name}`?", name=near[0]), fix=Fix((Edit(span, near[0]),)),
        )  # fmt: skip


def _removed(one: Allowance) -> Span:
    """What to take out of the text, so that the name is no longer allowed."""
    source, text = one.span.source, one.span.source.text
    if not one.alone:
        first, end = one.span.start, one.span.end
        while text[first - 1] in ", \t":
            first -= 1
        if _verb_before().search(text[one.comment.start : first]):
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
