"""THE LINES, PERFORMED: a play with its trace, and what may stand in the next line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from flowlang.calendar import local
from flowlang.check import diagnostics as d
from flowlang.contact import Entry
from flowlang.engine.answers import Scene
from flowlang.engine.expectations import Check
from flowlang.engine.play import Failed, Play
from flowlang.engine.simulate import HORIZON, LONG_HORIZON
from flowlang.engine.testing import Compiler
from flowlang.engine.tracing import Asks, Decision, Outline, TooMuch, Trace
from flowlang.engine.world import Notice
from flowlang.program.program import Program
from flowlang.repl.script import Line, Tongue, Wrong, refuse
from flowlang.source import Findings
from flowlang.speech import Text, tr, why
from flowlang.stores.rows import SendingRow
from flowlang.syntax import keywords, scripts
from flowlang.workspace import Workspace

MOST_NAMED = 10
"""Contacts that are named to one who has named another."""
MOST = 20_000
"""Decisions that one line of a session may lead to."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A workspace as it was on disk, ready for sessions."""

    workspace: Workspace
    program: Program
    asks: Asks
    outline: Outline
    codes: dict[str, tuple[str, ...]]
    """What the coupon lists hold by their files."""

    @classmethod
    def of(
        cls, workspace: Workspace, program: Program, asks: Asks, codes: dict[str, tuple[str, ...]]
    ) -> Loaded:
        return cls(workspace, program, asks, Outline.of(program, asks), codes)

    @property
    def tongue(self) -> Tongue:
        """The language of the files; that of flow.toml where they are in several."""
        spoken = {parsed.language for parsed in self.workspace.files}
        code = spoken.pop() if len(spoken) == 1 else self.program.config.language
        return Tongue(keywords.load(code), self.program.config.timezone)


class Beginning(Protocol):
    """Where a session begins that does not begin with nothing."""

    @property
    def contact(self) -> str: ...

    @property
    def known(self) -> Sequence[tuple[Entry, Decision | None]]:
        """What was decided before, each with what it hung on, where that is known."""
        ...

    @property
    def parted(self) -> Mapping[str, Entry]:
        """By campaign: from here on the program, which is another now, goes another way."""
        ...

    @property
    def sendings(self) -> Sequence[SendingRow]:
        """What was sent before."""
        ...

    def set_up(self, play: Play) -> datetime:
        """Put everything on the stage; gives the moment it is then."""
        ...


class Stage:
    """A play under way."""

    def __init__(self, loaded: Loaded, beginning: Beginning | None = None) -> None:
        self.loaded = loaded
        self.beginning = beginning
        self.play = Play.of(loaded.program, loaded.codes)
        self.trace = Trace(self.play, loaded.outline, loaded.asks)
        self.compiler = Compiler(loaded.program, Findings())
        self.told = 0
        """Notices that have been shown."""
        if beginning is not None:
            self.trace.listen()
            now = beginning.set_up(self.play)
            self.play.started = True
            contact = self.play.contact(beginning.contact)
            view = Scene(self.play, self.trace).view(contact)
            self.trace.remember(beginning.known, view, beginning.parted)
            self.compiler.contacts.append(beginning.contact)
            self.compiler.clock = now

    @classmethod
    def after(cls, loaded: Loaded, beginning: Beginning | None, lines: Sequence[Line]) -> Stage:
        """Where lines lead; what people were told on the way is known.  Raises Wrong."""
        stage = cls(loaded, beginning)
        stage.perform(lines)
        stage.notices()
        return stage

    @property
    def begun(self) -> bool:
        """Time has begun."""
        return self.play.started

    @property
    def contacts(self) -> list[str]:
        return self.compiler.contacts

    @property
    def decisions(self) -> list[Decision]:
        return self.trace.decisions

    def notices(self) -> list[Notice]:
        """What people have been told since this was last asked."""
        new = self.play.world.notices[self.told :]
        self.told += len(new)
        return new

    # ------------------------------------------------------------------ performing

    def check(self, line: Line) -> None:
        """Whether a line could come next; everything stays as it is.  Raises Wrong."""
        contacts, clock = list(self.contacts), self.compiler.clock
        try:
            self._compiled(line)
        finally:
            self.contacts[:], self.compiler.clock = contacts, clock

    def perform(self, lines: Iterable[Line], *, settled: bool = True) -> None:
        """Let lines happen.  After Wrong the stage is of no more use.

        Where it is not `settled`, a line may follow that expects the last one to be refused.
        """
        self.trace.listen()
        try:
            for line in lines:
                self.trace.limit = len(self.decisions) + MOST
                act = self._compiled(line)
                if isinstance(line.node, scripts.Moving):
                    self.play.no_surprise()
                act(self.play)
            if settled:
                self.settle()
        except Failed as failure:
            raise Wrong(_failed(failure)) from None
        except (OverflowError, TooMuch) as beyond:
            raise Wrong(_beyond(beyond)) from None

    def settle(self) -> None:
        """Nothing follows for now that would expect a refusal.  Raises Wrong for one."""
        try:
            self.play.no_surprise()
        except Failed as failure:
            raise Wrong(_failed(failure)) from None

    def _compiled(self, line: Line) -> Check:
        findings = Findings()
        self.compiler.report_to(findings)
        try:
            act = self.compiler.line(line.node)
        except OverflowError as beyond:
            raise Wrong(_beyond(beyond)) from None
        self._refuse_in_session(line, findings)
        refuse(findings)
        return act

    def _refuse_in_session(self, line: Line, findings: Findings) -> None:
        """What is said of tests otherwise.  Raises Wrong."""
        codes = {one.diagnostic.code for one in findings.found}
        if d.TEST_TIME.code in codes and self.begun:
            shown = local(self.play.now, self.compiler.zone)
            raise Wrong(tr("time only goes forward: it is {moment:%Y-%m-%d %H:%M}", moment=shown))
        if d.GIVEN_TOO_LATE.code in codes:
            raise Wrong(
                tr("an event is given before time begins"), tr("`event …` lets one happen now")
            )
        if d.UNKNOWN_CONTACT.code in codes:
            if not self.contacts:
                raise Wrong(tr("there is no contact yet"), tr("make one: `contact anna score=60`"))
            whom = getattr(line.node, "whom", None)
            if whom is not None and whom.value not in self.contacts:
                known = ", ".join(f"`{name}`" for name in self.contacts[:MOST_NAMED])
                raise Wrong(
                    tr('there is no contact "{name}"', name=whom.value),
                    tr("there is {names}", names=known),
                )
        if d.TEST_VALUE.code in codes:
            raise Wrong(
                tr("a value is written out here"), tr('such as `10`, `2026-12-24` or `"text"`')
            )
        if d.DUPLICATE_NAME.code in codes and isinstance(line.node, scripts.GivenContact):
            name = self.contacts[-1]
            raise Wrong(
                tr('"{name}" is there already', name=name),
                tr("`contact {name} score=60` changes it", name=name),
            )

    # ------------------------------------------------------------------ letting time pass

    def step(self, until: datetime) -> bool:
        """Go to the next moment at which something happens to anyone, to the full minute; False
        where nothing does up to a moment, and the clock is then anywhere before it.

        Whoever stays there ends it with `rest`, as the line of a test would.
        """
        self.trace.listen()
        self.trace.limit = len(self.decisions) + MOST
        before = len(self.decisions), len(self.play.world.notices)
        try:
            while (at := self.play.timeline.coming()) is not None and at <= until:
                self.play.timeline.advance(max(_full_minute(at), self.play.now))
                if (len(self.decisions), len(self.play.world.notices)) != before:
                    return True
        except (OverflowError, TooMuch) as beyond:
            raise Wrong(_beyond(beyond)) from None
        return False

    def horizon(self) -> datetime:
        """How far it makes sense to look ahead: schedules have no end."""
        program = self.loaded.program
        length = HORIZON if program.scheduled or program.scheduled_runs else LONG_HORIZON
        try:
            return self.play.now + length
        except OverflowError:
            return datetime.max.replace(tzinfo=self.play.now.tzinfo)

    def scene(self, lines: tuple[Line, ...]) -> Scene:
        """The stage for those who ask why; `lines` are those that were performed on it."""

        def forecast() -> Scene:
            later = Stage(self.loaded, self.beginning)
            later.perform(lines)
            if later.begun:
                until = later.horizon()
                while later.step(until) and len(later.decisions) < MOST:
                    pass
            return Scene(later.play, later.trace)

        return Scene(self.play, self.trace, forecast)


def replayed(
    loaded: Loaded, beginning: Beginning | None, lines: Sequence[Line]
) -> tuple[Stage, int, Wrong | None]:
    """Where lines lead as far as they go: how many of them do, and what is wrong with the next."""
    stage, done = Stage(loaded, beginning), 0
    try:
        for line in lines:
            stage.perform([line], settled=False)
            done += 1
        stage.settle()
    except Wrong as wrong:
        if done == len(lines):  # the last thing that was done is refused
            acts = (at for at, line in enumerate(lines) if isinstance(line.node, scripts.Moving))
            done = max(acts)
        return Stage.after(loaded, beginning, lines[:done]), done, wrong
    stage.notices()
    return stage, done, None


def _full_minute(moment: datetime) -> datetime:
    """The first full minute at or after a moment: scripts know no seconds."""
    full = moment.replace(second=0, microsecond=0)
    return full if full == moment else full + timedelta(minutes=1)


def _failed(failure: Failed) -> str:
    """What an expectation, or a refusal, says; without the timeline, which a session has."""
    said = why(failure)
    if isinstance(said, Text) and "instead" in said.parts:
        return tr("no: {instead}", instead=said.parts["instead"])
    return said


def _beyond(failure: Exception) -> str:
    if isinstance(failure, TooMuch):
        return tr("more than {most:,} things would happen: let less time pass", most=MOST)
    return tr("that is beyond the end of the calendar")
