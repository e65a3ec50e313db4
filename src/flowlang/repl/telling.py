"""What happened, why, and how it stands, in rows for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from flowlang.calendar import local
from flowlang.check.explain import Explained
from flowlang.contact import Run, quoted
from flowlang.engine import kept, retelling
from flowlang.engine.answers import Answer, Need
from flowlang.engine.reasons import AT_A_SEND, behind
from flowlang.engine.tracing import RECKONED, Decision, Trace
from flowlang.engine.world import Notice
from flowlang.program.program import Program
from flowlang.repl.told import Part, Row, Style, Told, padded, row
from flowlang.reports.text import columns
from flowlang.speech import ENGLISH, in_language, joined, tr

_CLOCK = "0000-00-00 00:00"
_BAD = ("skipped", "halted", "stopped", "call failed", "too early", "start ignored", "missed")
_GOOD = ("sent", "goal met", "finished")
MOST = 80
"""Rows that one line shows, where it leads to more."""
_WIDEST = 44
"""Columns of a condition in front of its values; a longer one pushes them out."""


class Teller:
    """Tells of one program and its contacts."""

    def __init__(self, program: Program, *, language: str = ENGLISH, several: bool = False) -> None:
        self.program = program
        self.language = language
        """That of who is told."""
        self.several = several
        """There are several contacts, so it has to be said of whom something is told."""

    def clock(self, moment: datetime) -> str:
        shown = local(moment, self.program.config.timezone)
        return f"{shown.date().isoformat()} {shown:%H:%M}"

    def campaign(self, name: str) -> str:
        """A campaign as `Entry.whose` has it, in the language of who is told."""
        return in_language(retelling.whose(quoted(name)), self.language)

    # ------------------------------------------------------------------ what happened

    def timeline(
        self,
        decisions: Sequence[Decision],
        notices: Sequence[Notice] = (),
        *,
        numbered: bool = False,
    ) -> Told:
        """What was decided, and what people were told, in order; the moment is said where it
        changes.  Of a great many the first and the last, but where they are numbered.
        """
        happened: list[tuple[datetime, list[str | Part]]] = [
            (one.entry.at, list(self._entry(one))) for one in decisions
        ]
        happened += [(one.at, _notice(one)) for one in notices]
        happened.sort(key=lambda one: one[0])
        if len(happened) <= MOST or numbered:
            return self._rows(happened, numbered=numbered)
        half = MOST // 2
        left = row("  ", ("dim", tr("... {count:,} more ...", count=len(happened) - MOST)))
        return [*self._rows(happened[:half]), left, *self._rows(happened[-half:])]

    def _rows(
        self, happened: Sequence[tuple[datetime, list[str | Part]]], *, numbered: bool = False
    ) -> Told:
        found: Told = []
        before = ""
        for number, (moment, parts) in enumerate(happened, start=1):
            at = self.clock(moment)
            shown = at if at != before or numbered else " " * len(at)
            before = at
            lead: list[str | Part] = [("dim", f"{number:>4}  ")] if numbered else ["  "]
            found.append(row(*lead, ("dim", shown), "  ", *parts, hang=len(_CLOCK) + 8))
        return found

    def _entry(self, one: Decision) -> Iterator[str | Part]:
        entry = one.entry
        if self.several and entry.contact:
            yield "strong", f"{entry.contact}  "
        if entry.campaign:
            yield f"{self.campaign(entry.campaign)}  "
        if entry.step:
            yield f"{entry.step}: "
        style: Style = "bad" if entry.what in _BAD else "good" if entry.what in _GOOD else ""
        yield style, retelling.what(entry.what, self.language)
        if entry.because and entry.because not in entry.step:
            yield "dim", f" ({retelling.because(entry.what, entry.because, self.language)})"

    def head(self, one: Decision, *, grounds: bool = False) -> Row:
        """One decision with its moment; without the values that its `grounds` show below."""
        at = self.clock(one.entry.at)
        if grounds and one.asked and one.entry.what in ("yes", "no"):
            one = replace(one, entry=one.entry._replace(because=""))
        return row(("dim", at), "  ", *self._entry(one), hang=len(at) + 2)

    # ------------------------------------------------------------------ why

    def why(self, trace: Trace, one: Decision) -> Told:
        """A decision with all that it hung on."""
        found = [self.head(one, grounds=True), *self._grounds(one)]
        before = behind(trace, one)
        if before is not None:
            found += [
                row("  ", tr("before it:")),
                _indented(self.head(before, grounds=True), 2),
            ]
            found += [_indented(line, 2) for line in self._grounds(before)]
        return found

    def chain(self, trace: Trace, one: Decision) -> Told:
        """A decision with the way that led to it: what started the round, and each fork; for the
        end of the round also the last step before it.
        """
        found = [self.head(one, grounds=True), *self._grounds(one)]
        for step in _way(trace, one):
            found += [_indented(self.head(step, grounds=True), 2)]
            found += [_indented(line, 2) for line in self._grounds(step)]
        return found

    def _grounds(self, one: Decision) -> Told:
        found: Told = []
        for asked in one.asked:
            found += [_indented(line, 2) for line in self.tree(asked.explained, whole=False)]
        about = [in_language(fact.text, self.language) for fact in one.facts]
        width = max(map(columns, about), default=0)
        for text, fact in zip(about, one.facts, strict=True):
            shown = padded(text, min(width, _WIDEST))
            found.append(row(f"  {shown}  ", ("dim", fact.value), hang=min(width, _WIDEST) + 4))
        return found

    def tree(self, explained: Explained, *, whole: bool = True) -> Told:
        """A condition part by part: whether it holds, what it says, and its values.

        Not the `whole` of it, where that has just been said.
        """
        leaves = list(_placed(explained, 0))
        if not whole and explained.joined in ("and", "or") and len(leaves) > 1:
            leaves = [(part, depth - 1) for part, depth in leaves[1:]]
        width = max(columns(part.text) + 5 * depth for part, depth in leaves if not part.parts)
        width = min(width, _WIDEST)
        blamed = {id(part) for part in explained.blame()}
        return [self._part(part, depth, width, id(part) in blamed) for part, depth in leaves]

    def _part(self, part: Explained, depth: int, width: int, blamed: bool) -> Row:
        mark = retelling.what("yes" if part.holds else "no", self.language)
        style: Style = "dim" if not blamed else "good" if part.holds else "bad"
        lead = "     " * depth
        shown: list[str | Part] = [lead, (style, f"{mark:<5}")]
        values = joined(
            value if text == part.text else tr("{about}: {value}", about=text, value=value)
            for text, value in part.values
        )
        if values and not part.parts:
            shown += [padded(part.text, width - len(lead)), "  ", ("dim", values)]
        else:
            shown.append(part.text)
        return row(*shown, hang=len(lead) + 5)

    def answer(self, trace: Trace, answer: Answer) -> Told:
        """Why something did not happen."""
        found = [row(("strong", answer.text), hang=2)]
        if answer.decision is not None:
            found.append(_indented(self.head(answer.decision, grounds=True), 2))
            found += [_indented(line, 2) for line in self._grounds(answer.decision)]
        if answer.before is not None:
            found += [
                row("  ", tr("before it:")),
                _indented(self.head(answer.before, grounds=True), 4),
            ]
            found += [_indented(line, 4) for line in self._grounds(answer.before)]
        if answer.again:
            found.append(row("  ", tr("why not again: {why}", why=answer.again), hang=4))
        if answer.wanted:
            would = tr("it would have had to be {wanted}", wanted=answer.wanted)
            found.append(row("  ", ("strong", would)))
        if answer.needs:
            found.append(row("  ", tr("and on the way there:")))
        for need in (*answer.needs, *answer.conditions):
            found += [_indented(line, 4 if answer.needs else 2) for line in self._need(need)]
        return found

    def _need(self, need: Need) -> Told:
        so = need.now is not None and need.now.holds is (need.wanted == "yes")
        style: Style = "good" if so else "bad"
        wanted: str = need.wanted
        if wanted in ("yes", "no"):
            wanted = tr("has to be {wanted}", wanted=retelling.way(wanted))
        found = [row(f"{need.statement}: ", (style, wanted), hang=2)]
        if need.now is not None:
            found += [_indented(line, 2) for line in self.tree(need.now, whole=False)]
        return found

    # ------------------------------------------------------------------ how it stands

    def standing(self, run: Run, now: datetime) -> str:
        """Where a run stands, in words."""
        return in_language(self._standing(run, now), self.language)

    def _standing(self, run: Run, now: datetime) -> str:
        if run.status == "waiting for restart":
            return tr("waits for restart since {moment}", moment=self.clock(run.since))
        if run.status in ("finished", "stopped"):
            return f"{retelling.what(run.status, self.language)} {self.clock(run.since)}"
        if run.status == "halted":
            return tr("halted since {moment}", moment=self.clock(run.since))
        if run.held:
            return tr("held since {moment}: it is paused", moment=self.clock(run.since))
        if run.due is None:
            return tr("waits")
        far = _span(run.due, now)
        return tr("waits until {moment} ({far})", moment=self.clock(run.due), far=far)

    def step(self, run: Run) -> str:
        """The step at which a run stands, as it is written."""
        campaign = self.program.by_name[run.campaign]
        if not run.under_way or run.pc >= len(campaign.instructions):
            return ""
        return campaign.instructions[run.pc].where.text


def _notice(one: Notice) -> list[str | Part]:
    """What a person was told."""
    return [tr("inbox") if one.who == "inbox" else one.who, f": {one.text}"]


def _span(due: datetime, now: datetime) -> str:
    """How far off a moment is, in the two largest units."""
    minutes = max(0, int((due - now).total_seconds()) // 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    said = [(unit, amount) for amount, unit in parts if amount][:2]
    if not said:
        return tr("now")
    rest = [kept.number_of(unit, amount) for unit, amount in said[1:]]
    return joined([kept.ahead(*said[0]), *rest], " ")


def _placed(explained: Explained, depth: int) -> Iterator[tuple[Explained, int]]:
    """The parts of a condition with their depths; the whole in front of its parts."""
    yield explained, depth
    for part in explained.parts:
        yield from _placed(part, depth + 1)


def _indented(one: Row, by: int) -> Row:
    return Row((("", " " * by), *one.parts), one.hang + by)


def _way(trace: Trace, one: Decision) -> list[Decision]:
    """What led to a decision in its round: its start, the forks, the goals."""
    entry = one.entry
    found = []
    for other in trace.of(entry.contact):
        if other is one:
            break
        same = (other.entry.campaign, other.entry.round) == (entry.campaign, entry.round)
        if same and other.key[1] in (one.key[1], ""):
            found.append(other)
    ended = not entry.step and not _leads(one)
    steps = [other for other in found if other.entry.step] if ended else []
    sends = [other for other in steps if other.entry.what in ("sent", *AT_A_SEND)]
    last = [*(sends or steps)[-1:], *_when(found, one)]
    return [other for other in found if _leads(other) or any(other is shown for shown in last)]


def _when(before: Sequence[Decision], one: Decision) -> Iterator[Decision]:
    """Why a step was done at its moment: the last wait before it, and what it waited for itself."""
    waits = [other for other in before if other.entry.what in RECKONED and one.entry.step]
    yield from [other for other in waits if other.pc != one.pc][-1:]
    yield from [other for other in waits if other.pc == one.pc][-1:]


def _leads(one: Decision) -> bool:
    what = one.entry.what
    return what.startswith("started") or what in ("yes", "no", "branch", "timed out", "goal met")


def changes(before: Sequence[str], after: Sequence[str]) -> Told:
    """What is different between two lists of lines."""
    gone = [line for line in before if line not in after]
    new = [line for line in after if line not in before]
    return [row("  ", ("bad", f"- {line}"), hang=4) for line in gone] + [
        row("  ", ("good", f"+ {line}"), hang=4) for line in new
    ]
