"""A SESSION AS A TEST: written into the file of its campaign, and run before anyone is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flowlang.engine.tracing import Decision
from flowlang.repl.amending import made
from flowlang.repl.outcome import outcome
from flowlang.repl.script import Line, Wrong, indented, plain, quoted, translated
from flowlang.repl.session import Session
from flowlang.speech import tr
from flowlang.syntax import keywords
from flowlang.syntax.parser import Parsed
from flowlang.syntax.scripts import At, Expect, Moving


@dataclass(frozen=True, slots=True)
class Saved:
    """A test that was written, and passes."""

    name: str
    file: str
    line: int
    expected: int
    """How many expectations it has."""
    contacts: tuple[str, ...]
    """Those whose data stand in it."""
    left_out: int
    """Contacts to whom nothing has happened."""


def save(session: Session, name: str) -> Saved:
    """Write the session as a test.  Raises Wrong, and leaves the file as it was."""
    if session.beginning is not None:
        raise Wrong(
            tr("a session that began in a store cannot be a test: it needs what came before")
        )
    if not name:
        raise Wrong(tr("a test has a name"), tr('write `save "the offer goes out"`'))
    if not plain(name) or "\n" in name or "\r" in name:
        raise Wrong(tr("the name of a test is one line that can be read"))
    if not session.stage.begun:
        raise Wrong(tr("nothing has happened yet that a test could expect"))
    for script in session.loaded.workspace.tests:
        if script.name == name:
            raise Wrong(
                tr(
                    'there is a test "{name}" already, in {file}:{line}',
                    name=name,
                    file=script.file,
                    line=script.line,
                )
            )
    parsed = _home(session)
    draft = Draft.of(session)
    if not draft.expected and not any(isinstance(line.node, Expect) for line in draft.said):
        raise Wrong(tr("nothing has come of it that a test could expect"))
    path = parsed.source.path
    assert path is not None
    before = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    text = draft.text(name, session.tongue.words.code, parsed.language)
    gap = "\n" * (2 - before.endswith("\n")) if before.strip() else ""
    try:
        session.sources.write(path, before + gap + text)
        line = _passes(session, name)
    except BaseException:
        session.sources.write(path, before)
        raise
    left_out = len(session.stage.contacts) - len(draft.contacts)
    expected = len(draft.expected)
    return Saved(name, parsed.source.name, line, expected, draft.contacts, left_out)


def _home(session: Session) -> Parsed:
    """The file of the campaign that the session is about; else the first one."""
    files = session.loaded.workspace.files
    own = {parsed.source: parsed for parsed in files if parsed.source.path is not None}
    campaigns = session.program.by_name
    for decision in reversed(session.stage.decisions):
        campaign = campaigns.get(decision.entry.campaign)
        if campaign is not None and campaign.span.source in own:
            return own[campaign.span.source]
    if not own:
        raise Wrong(tr("there is no file to save it in"))
    return next(iter(own.values()))


@dataclass(frozen=True, slots=True)
class Draft:
    """What a test out of a session says."""

    said: tuple[Line, ...]
    expected: tuple[Line, ...]
    contacts: tuple[str, ...]
    """Those that stand in it."""

    @classmethod
    def of(cls, session: Session) -> Draft:
        """Of contacts only those to whom anything has happened: a file of others has no place in
        a test.
        """
        concerned = _concerned(session)
        lines = (one for one in session.state.lines if made(one) in ("", *concerned))
        expected = outcome(session, concerned)
        return cls(tuple(_needed([*lines])), tuple(expected), tuple(concerned))

    def text(self, name: str, spoken: str, language: str) -> str:
        """The test in the language of a file, in the canonical layout."""
        said = "\n".join(line.text for line in (*self.said, *self.expected))
        body = "\n".join(line.text for line in translated(said, spoken, language))
        head = f"{keywords.load(language).word('_TEST')} {quoted(name)}"
        return head + "\n" + indented(body) + "\n"


def _concerned(session: Session) -> dict[str, None]:
    """The contacts to whom anything has happened but that they came, or that a line speaks of."""
    found = {one.entry.contact for one in session.stage.decisions if _touches(one)}
    there: list[str] = []
    for line in session.state.lines:
        name = made(line)
        if name:
            there.append(name)
        else:
            found |= {one for one in there if quoted(one) in line.text}
            if len(set(there)) == 1 and getattr(line.node, "whom", None) is None:
                found.add(there[0])  # the only one is meant
    return {name: None for name in session.stage.contacts if name in found}


def _touches(one: Decision) -> bool:
    """Whether a decision is more than that a contact came, as its own line says."""
    return bool(one.entry.campaign) or one.entry.what not in ("created", "updated", "tagged")


def _needed(lines: Sequence[Line]) -> list[Line]:
    """The lines without those that only move the clock to where the next one moves it anyway; the
    first one says where the clock begins.
    """
    kept: list[Line] = []
    first = next((line for line in lines if isinstance(line.node, Moving)), None)
    for line in reversed(lines):
        bare = isinstance(line.node, Moving) and line.node.action is None
        passes = kept and isinstance(kept[-1].node, At)
        if line is first or not (bare and passes):
            kept.append(line)
    return kept[::-1]


def _passes(session: Session, name: str) -> int:
    """Take the files as they are now and run the new test; gives its line.  Raises Wrong."""
    loaded = session.sources.load()
    for script in loaded.workspace.tests:
        if script.name == name:
            loaded.asks.trace = None
            result = script.run(loaded.program, loaded.codes)
            if not result.passed:
                raise Wrong(
                    tr("the test would not pass, so it is not written"), detail=result.message
                )
            session.take(loaded)
            return script.line
    raise Wrong(tr("the test could not be read again, so it is not written"))
