"""THE SESSION: what has been said so far, who is meant, and the ways back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from flowlang.check.view import View
from flowlang.contact import Contact, resolve_zone
from flowlang.engine.answers import Scene
from flowlang.engine.tracing import Decision
from flowlang.intake.contacts import ContactRows
from flowlang.program.program import Program
from flowlang.repl.amending import amended, made
from flowlang.repl.script import Line, Wrong, before_whom, quoted, read_lines
from flowlang.repl.stage import MOST, Beginning, Loaded, Stage, replayed
from flowlang.repl.telling import Teller
from flowlang.speech import tr
from flowlang.stores.rows import SendingRow

DEEPEST = 500
"""Changes that can be undone."""


class Sources(Protocol):
    """Where a session has things from."""

    def load(self) -> Loaded:
        """The workspace as it is on disk now.  Raises Wrong where it cannot be run."""
        ...

    def contacts(self, path: Path, program: Program) -> ContactRows:
        """The contacts in a file, by its path from the folder one is in, else from the workspace.

        Raises Wrong where it cannot be read.
        """
        ...

    def paths(self, begun: str, suffixes: Sequence[str]) -> list[str]:
        """The paths that a begun one may become: folders, and files that end so."""
        ...

    def write(self, path: Path, text: str) -> None:
        """Put a text in the place of a file's, whole or not at all.  Raises Wrong."""
        ...


@dataclass(frozen=True, slots=True)
class State:
    """All that can be undone."""

    lines: tuple[Line, ...] = ()
    whom: str = ""
    """The contact that is meant where none is named."""
    branches: tuple[Branch, ...] = ()
    """Where `back` leads, the last one first."""


@dataclass(frozen=True, slots=True)
class Branch:
    """How it stood where another way was tried."""

    state: State
    past: tuple[State, ...] = field(compare=False, repr=False)
    future: tuple[State, ...] = field(compare=False, repr=False)


class Session:
    """One session; its words are in `words`, each in a file."""

    def __init__(
        self, sources: Sources, start: datetime, beginning: Beginning | None = None
    ) -> None:
        self.sources = sources
        self.start = start.replace(second=0, microsecond=0)
        """Where the clock begins."""
        self.beginning = beginning
        self.loaded = sources.load()
        self.tongue = self.loaded.tongue
        self.stage = Stage(self.loaded, beginning)
        self.state = State(whom=beginning.contact if beginning else "")
        self.past: list[State] = []
        self.future: list[State] = []
        self.over = False
        """Someone has said that it is."""

    # ------------------------------------------------------------------ how it stands

    @property
    def program(self) -> Program:
        return self.loaded.program

    @property
    def language(self) -> str:
        """That of whoever talks here."""
        return self.tongue.words.code

    def teller(self, *, several: bool = False) -> Teller:
        """Who tells of the program; `several` where it has to be said of whom."""
        return Teller(self.program, language=self.language, several=several)

    @property
    def now(self) -> datetime:
        """The moment it is, or at which time will begin."""
        return self.stage.play.timeline.now or self.start

    @property
    def whom(self) -> str:
        return self.state.whom

    def contact(self) -> Contact:
        """The contact that is meant.  Raises Wrong where there is none."""
        found = self.stage.play.timeline.contacts.get(self.whom)
        if found is None:
            raise Wrong(tr("there is no contact yet"), tr("make one: `contact anna score=60`"))
        return found

    def view(self) -> View:
        """The contact that is meant, as it is now."""
        contact = self.contact()
        zone = resolve_zone(contact, self.program.config.timezone)
        return View(contact, self.now, zone, self.stage.play.timeline.interpreter)

    def scene(self) -> Scene:
        return self.stage.scene(self.state.lines)

    def sent_before(self, contact: str) -> Sequence[SendingRow]:
        """What a store has sent to a contact before the session began."""
        begun = self.beginning
        return begun.sendings if begun is not None and begun.contact == contact else ()

    def decisions(self) -> list[Decision]:
        """What was decided about the contact that is meant."""
        return self.stage.trace.of(self.contact().id)

    # ------------------------------------------------------------------ what is said

    def at(self, text: str = "") -> str:
        """Words at the moment it is, as a line of a test."""
        moment = self.tongue.at(self.now, self.stage.play.timeline.now)
        return f"{moment} {text}".rstrip()

    def read(self, text: str) -> list[Line]:
        """The lines that a text means next.  Raises Wrong."""
        return [self._meant(line) for line in read_lines(text, self.tongue.words.code)]

    def _meant(self, line: Line) -> Line:
        """A line that says of whom it speaks, where it has to."""
        node = line.node
        spoken = before_whom(node)
        if spoken is None or node.whom is not None or len(self.stage.contacts) < 2:  # type: ignore[attr-defined] # both kinds of line that speak of someone have it
            return line
        try:
            self.stage.check(line)
        except Wrong:
            text = node.span.text
            end = spoken - node.span.start
            whom = f" {self.tongue.word('_FOR_WHOM')} {quoted(self.whom)}"
            return read_lines(text[:end] + whom + text[end:], self.tongue.words.code)[0]
        return line

    def perform(self, lines: Sequence[Line]) -> None:
        """Let lines happen; the contact that comes last among them is meant from then on."""
        whom, said = self.whom, self.state.lines
        for line in lines:
            whom = made(line) or whom
            begun = self.stage.begun
            said = (*said, line) if begun else amended(said, line, self.tongue.words.code)
        self.go(replace(self.state, lines=said, whom=whom))

    # ------------------------------------------------------------------ ways back

    def go(self, state: State) -> None:
        """Go to another state, which can be undone.  Raises Wrong, and stays where it was."""
        before = self.state
        self._show(state)
        self.past = [*self.past[-DEEPEST + 1 :], before]
        self.future = []

    def _show(self, state: State) -> None:
        """Bring the stage to where a state has it."""
        known = self.state.lines
        if state.lines[: len(known)] == known:
            new = state.lines[len(known) :]
            try:
                self.stage.perform(new)
            except (Wrong, KeyboardInterrupt):
                self.rebuild()
                raise
        else:
            self.stage = Stage.after(self.loaded, self.beginning, state.lines)
        self.state = state

    def rebuild(self) -> None:
        """Put the stage back to where the state has it."""
        self.stage = Stage.after(self.loaded, self.beginning, self.state.lines)

    def travel(self, *, once: bool) -> bool:
        """Go on to the next moment at which something happens, or to the last one; False where
        nothing does.  Raises Wrong.
        """
        before, past, begun = self.state, self.past, self.stage.begun
        if not begun:
            self.perform(self.read(self.at()))
        try:
            began = not begun and bool(self.stage.decisions)
            moved = (began and once) or self._travelled(once=once)
        finally:
            if self.state is not before:
                self.past = [*past[-DEEPEST + 1 :], before]
        return moved

    def _travelled(self, *, once: bool) -> bool:
        stage, began = self.stage, len(self.stage.decisions)
        until, last = stage.horizon(), None
        try:
            while stage.step(until):
                last = self.now
                if once or len(stage.decisions) - began >= MOST // 4:
                    break
            text = self.tongue.at(last, stage.compiler.clock) if last is not None else ""
            # What is said by its distance is reckoned from before.
            if last != self.now or text.startswith(self.tongue.word("_AFTER")):
                self.rebuild()
        except (Wrong, KeyboardInterrupt):
            self.rebuild()
            raise
        if last is None:
            return False
        self.perform(self.read(text))
        return True

    def undo(self) -> State:
        """Go back by one change; gives where it was.  Raises Wrong."""
        return self._step(self.past, self.future, "undo")

    def redo(self) -> State:
        """Go forward by one change that was undone; gives where it was.  Raises Wrong."""
        return self._step(self.future, self.past, "redo")

    def _step(self, here: list[State], there: list[State], verb: str) -> State:
        if not here:
            raise Wrong(tr("there is nothing to {verb}", verb=verb))
        state, to = self.state, here.pop()
        try:
            self._show(to)
        except Wrong as wrong:
            raise Wrong(
                tr(
                    "with the files as they are now it does not go so any more: {message}",
                    message=wrong.message,
                ),
                tr("`{verb}` again leads one further", verb=verb),
            ) from None
        except KeyboardInterrupt:
            here.append(to)
            raise
        there.append(state)
        return state

    def branch(self) -> None:
        """Try another way from here."""
        branch = Branch(self.state, tuple(self.past), tuple(self.future))
        self.go(replace(self.state, branches=(branch, *self.state.branches)))

    def back(self) -> None:
        """Come back from the way that was tried last: it is as if it had never been.

        Raises Wrong where there is none.
        """
        if not self.state.branches:
            raise Wrong(tr("there is nothing to come back to"), tr("`what if` tries another way"))
        branch = self.state.branches[0]
        self._show(branch.state)
        self.past, self.future = list(branch.past), list(branch.future)

    def replay(self, lines: Sequence[Line], loaded: Loaded) -> Wrong | None:
        """Perform the lines of a test in place of what has been said, with the files as they are
        now, as far as they go; gives what is wrong with the first that does not.
        """
        before = self.state
        wrong = self._taken(tuple(lines), loaded)
        self.past, self.future = [*self.past[-DEEPEST + 1 :], before], []
        return wrong

    def take(self, loaded: Loaded) -> Wrong | None:
        """Replay the session with the files as they are now, as far as it goes; gives what is
        wrong with the first line that does not.
        """
        before = self.state
        wrong = self._taken(before.lines, loaded)
        if wrong is not None:  # where the files are mended, the rest can be had back
            self.past, self.future = [*self.past[-DEEPEST + 1 :], before], []
        return wrong

    def _taken(self, lines: tuple[Line, ...], loaded: Loaded) -> Wrong | None:
        tongue = loaded.tongue
        if tongue.words.code != self.tongue.words.code:
            raise Wrong(tr("the files are in another language now: start a new session"))
        stage, done, wrong = replayed(loaded, self.beginning, lines)
        own = self.beginning.contact if self.beginning else ""
        names = [own, *(name for line in lines[:done] if (name := made(line)))]
        whom = self.whom if self.whom in names and lines == self.state.lines else names[-1]
        self.loaded, self.tongue, self.stage = loaded, tongue, stage
        self.state = replace(self.state, lines=lines[:done], whom=whom)
        return wrong
