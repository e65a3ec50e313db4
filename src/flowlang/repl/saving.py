"""A SESSION AS A TEST: written into the file of its campaign, and run before anyone is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flowlang.repl.outcome import outcome
from flowlang.repl.script import Line, Wrong, indented, quoted, translated
from flowlang.repl.session import Session
from flowlang.syntax import keywords
from flowlang.syntax.parser import Parsed
from flowlang.syntax.scripts import At, Moving


@dataclass(frozen=True, slots=True)
class Saved:
    """A test that was written, and passes."""

    name: str
    file: str
    line: int
    expected: int
    """How many expectations it has."""


def save(session: Session, name: str) -> Saved:
    """Write the session as a test.  Raises Wrong, and leaves the file as it was."""
    if session.beginning is not None:
        raise Wrong("a session that began in a store cannot be a test: it needs what came before")
    if not name:
        raise Wrong("a test has a name", 'write `save "the offer goes out"`')
    if not session.stage.begun:
        raise Wrong("nothing has happened yet that a test could expect")
    for script in session.loaded.workspace.tests:
        if script.name == name:
            raise Wrong(f'there is a test "{name}" already, in {script.file}:{script.line}')
    parsed = _home(session)
    expected = [line.text for line in outcome(session)]
    path = parsed.source.path
    assert path is not None
    before = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    text = written(session, name, expected, parsed.language)
    gap = "\n" * (2 - before.endswith("\n")) if before.strip() else ""
    try:
        session.sources.write(path, before + gap + text)
        line = _passes(session, name)
    except BaseException:
        session.sources.write(path, before)
        raise
    return Saved(name, parsed.source.name, line, len(expected))


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
        raise Wrong("there is no file to save it in")
    return next(iter(own.values()))


def written(session: Session, name: str, expected: list[str], language: str) -> str:
    """The test in the language of a file, in the canonical layout."""
    spoken = session.tongue.words.code
    said = [line.text for line in _needed(session.state.lines)]
    lines = translated("\n".join([*said, *expected]), spoken, language)
    body = "\n".join(line.text for line in lines)
    head = f"{keywords.load(language).word('_TEST')} {quoted(name)}"
    return head + "\n" + indented(body) + "\n"


def _needed(lines: Sequence[Line]) -> list[Line]:
    """The lines without those that only move the clock to where the next one moves it anyway."""
    kept: list[Line] = []
    for line in reversed(lines):
        bare = isinstance(line.node, Moving) and line.node.action is None
        if not (bare and kept and isinstance(kept[-1].node, At)):
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
                raise Wrong(f"the test would not pass, so it is not written: {result.message}")
            session.take(loaded)
            return script.line
    raise Wrong("the test could not be read again, so it is not written")
