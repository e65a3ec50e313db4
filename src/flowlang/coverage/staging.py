"""Runs drafts: each line is read once, and each draft runs in a world of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from flowlang.calendar import CLOCK_YEARS, instant, local
from flowlang.contact import Contact
from flowlang.coverage.drafts import Act, Draft
from flowlang.coverage.recording import Recorder
from flowlang.coverage.ways import Key
from flowlang.engine.expectations import Check
from flowlang.engine.interpreter import next_due
from flowlang.engine.play import Failed, Play
from flowlang.engine.testing import ONLY, Compiler
from flowlang.program.program import Program
from flowlang.source import Findings, Source, Span
from flowlang.syntax import scripts
from flowlang.syntax.parser import parse
from flowlang.syntax.tree import Token

_MINUTE = timedelta(minutes=1)
_LAST = datetime(2090, 1, 1, tzinfo=UTC)
"""Later than anyone would read a test."""


class Unusable(Exception):
    """A draft that is no test: a line of it cannot be read, or is refused."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a draft did, at which moment."""

    at: datetime
    act: Act
    refused: str = ""


@dataclass(slots=True)
class Outcome:
    """What came of a draft."""

    draft: Draft
    play: Play
    walked: frozenset[Key]
    reached: dict[tuple[str, int], datetime]
    lines: list[Line] = field(default_factory=list)

    @property
    def contact(self) -> Contact:
        return self.play.contact(self.draft.name or ONLY)

    @property
    def stands(self) -> set[tuple[str, int]]:
        """The steps at which runs of the contact wait in the end."""
        return {(run.campaign, run.pc) for run in self.contact.runs.values() if run.under_way}

    def until(self, moment: datetime) -> Draft:
        """The draft up to a moment, which it ends at: what it does later is left out."""
        acts: list[Act] = []
        before = self.draft.start
        for line in self.lines:
            if line.at > moment:
                break
            acts.append(line.act)
            before = line.at
        if moment > before:
            acts.append(Act(_whole(moment) - before))
        return replace(self.draft, acts=tuple(acts))


class Stage:
    """Runs drafts of one program."""

    def __init__(self, program: Program, codes: dict[str, tuple[str, ...]]) -> None:
        self.program = program
        self.runs = 0
        self._codes = codes
        self._recorder = Recorder(program)
        self._nodes: dict[str, scripts.ScriptLine] = {}
        self._checks: dict[tuple[str, str], Check] = {}

    def run(self, draft: Draft) -> Outcome:
        """Let a draft happen.  Raises Unusable."""
        self.runs += 1
        recorder = self._recorder
        recorder.walked, recorder.reached = set(), {}
        play = recorder.stage(self.program, self._codes)
        outcome = Outcome(draft, play, frozenset(), recorder.reached)
        try:
            self._play(draft, play, outcome)
        except Failed as failed:
            raise Unusable(str(failed)) from None
        outcome.walked = frozenset(recorder.walked)
        return outcome

    def _play(self, draft: Draft, play: Play, outcome: Outcome) -> None:
        name = draft.name or ONLY
        self._given(draft)(play)
        for line in world_lines(draft):
            self._check(line, name)(play)
        play.move(draft.start)
        for act in draft.acts:
            at = self._moment(act, play)
            play.refused = None
            if at != play.now or not act.what:
                play.move(at)
            if act.what:
                self._check(f"after 0 minutes {act.what}", name)(play)
            refused = self._refused(play)
            if refused and act.about:
                raise Unusable(refused)
            outcome.lines.append(Line(at, act, refused))

    @staticmethod
    def _refused(play: Play) -> str:
        return play.refused or ""

    def _moment(self, act: Act, play: Play) -> datetime:
        if isinstance(act.delay, timedelta):
            at = play.now + act.delay
        else:
            contact = next(iter(play.timeline.contacts.values()))
            due = next_due(contact)
            found = due[0] if due and act.delay == "due" else play.timeline.coming()
            if found is None:
                raise Unusable("nothing is due")
            at = _whole(found)
        if at > _LAST:
            raise Unusable("this is too far away")
        zone = self.program.config.timezone
        shown = local(at, zone)
        if instant(shown.date(), shown.time().replace(tzinfo=None), zone) != at:
            at += timedelta(hours=1)  # a time that comes twice cannot be written the second time
        return at

    # ------------------------------------------------------------------ lines

    def _given(self, draft: Draft) -> Check:
        span = Span(Source("", ""), 0, 0)
        name = Token(span, "STRING", draft.name) if draft.name else None
        lines: list[scripts.Given] = []
        for _, line in draft.given:
            node = self._node("\n  ".join(["given contact", *line.split("\n")]))
            assert isinstance(node, scripts.GivenContact)
            lines += node.lines or ()
        return self._compiled(scripts.GivenContact(span, name, tuple(lines)), "")

    def _check(self, text: str, name: str) -> Check:
        found = self._checks.get((text, name))
        if found is None:
            found = self._checks[text, name] = self._compiled(self._node(text), name)
        return found

    def _compiled(self, node: scripts.ScriptLine, name: str) -> Check:
        findings = Findings()
        compiler = Compiler(self.program, findings)
        if name:
            compiler.contacts.append(name)
            compiler.clock = datetime(CLOCK_YEARS[0], 1, 2, tzinfo=UTC)
        check = compiler.line(node)
        for finding in findings.in_order():
            if finding.severity == "error":
                raise Unusable(finding.message)
        return check

    def _node(self, text: str) -> scripts.ScriptLine:
        """The node of a line, read once."""
        found = self._nodes.get(text)
        if found is None:
            findings = Findings()
            body = "\n".join(f"  {line}" for line in text.split("\n"))
            parsed = parse(Source("", f'test "x"\n{body}\n'), findings, "en")
            tests = [one for one in parsed.tree.items if isinstance(one, scripts.Test)]
            if findings.has_errors or not tests or not tests[0].lines:
                raise Unusable(f"this cannot be read: {text}")
            found = self._nodes[text] = tests[0].lines[0]
        return found


def world_lines(draft: Draft) -> Iterator[str]:
    """What is given beside the contact."""
    for name, amount in draft.coupons:
        yield f'given coupons "{name}" {amount} {"code" if amount == 1 else "codes"}'
    yield from (str(call) for call in draft.calls if call.answer != ())


def _whole(moment: datetime) -> datetime:
    """A moment, or the next that a test can write: lines know no seconds."""
    down = moment.replace(second=0, microsecond=0)
    return moment if down == moment else down + _MINUTE
