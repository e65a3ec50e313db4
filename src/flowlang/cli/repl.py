"""Walk one contact through the campaigns by hand, and ask why."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang.cli import FOUND, paths, running, storing, terminal
from flowlang.speech import joined, tr, why

if TYPE_CHECKING:
    from flowlang.intake.contacts import ContactRows
    from flowlang.program.program import Program
    from flowlang.repl.script import Wrong
    from flowlang.repl.session import Session
    from flowlang.repl.stage import Beginning, Loaded
    from flowlang.repl.told import Told
    from flowlang.workspace import MakeExpressions, Workspace


@click.command(epilog="Example: flow repl examples/webinar")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--contact", metavar="ID", help="Begin with this contact of the store as it stands there."
)
@storing.store_option
@storing.now_option
def repl(path: Path | None, contact: str | None, url: str | None, given_now: str | None) -> int:
    """Walk one contact through the campaigns by hand, and ask why.

    `help` lists the words; actions are those of a test, and happen now. Nothing leaves the machine,
    and a store is only read. On a pipe each line is entered without an echo; a line that is refused
    is told on stderr with its number, the others are done, and the exit code is then 1.
    """
    from flowlang.repl.script import Wrong
    from flowlang.repl.session import Session

    if path == paths.STDIN:
        raise click.UsageError(
            tr("a session reads its lines from standard input: name a folder or file")
        )
    given = click.get_current_context().get_parameter_source("url")
    if contact is None and given is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError(tr("--store goes with --contact: which one is to begin with?"))
    of_now = click.get_current_context().get_parameter_source("given_now")
    if contact is not None and of_now is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError(
            tr(
                "--now does not go with --contact: the clock begins where the engine has come "
                "to; `advance to` goes on from there"
            )
        )
    over_store = contact is not None
    if over_store:
        workspace, program = running.program_of(path, url)
    else:
        workspace = paths.one(path)
        program = paths.runnable(workspace)
    now = storing.moment(given_now, program.config.timezone)
    sources: _Sources = _OverStore(path, url) if over_store else _Sources(path)
    try:
        beginning = _from_store(workspace, sources, url, contact) if contact is not None else None
        session = Session(sources, now, beginning)
    except Wrong as wrong:
        terminal.talk(terminal.printable(wrong.message))
        return FOUND
    if sys.stdin.isatty() and sys.stdout.isatty():
        return _talk(session, workspace)
    return _script(session)


def _from_store(
    workspace: Workspace, sources: _Sources, url: str | None, contact: str
) -> Beginning:
    """The contact as it stands in the store.  Raises Wrong where there is none."""
    from flowlang.repl.beginning import taken
    from flowlang.repl.script import Wrong

    with storing.existing(workspace, url) as store:
        found = taken(store, sources.load(), contact)
    if isinstance(found, str):
        raise Wrong(found)
    if found.asked:
        terminal.talk(
            terminal.printable(
                tr(
                    '"{asked}" was merged into "{contact}"',
                    asked=found.asked,
                    contact=found.contact,
                )
            )
        )
    if found.pending:
        terminal.talk(tr("more has arrived for it, which `flow run` applies"))
    return found


def _script(session: Session) -> int:
    """Enter what comes from a pipe or a file."""
    from flowlang.repl import told
    from flowlang.repl.pipe import play

    color = terminal.colored()

    def tell(rows: Told) -> None:
        terminal.write(told.shown(rows, color=color, language=session.language))
        sys.stdout.flush()

    def refuse(number: int, wrong: Wrong) -> None:
        apart = " " if wrong.message.endswith("?") else "; "
        hint = f"{apart}{terminal.told(wrong.hint)}" if wrong.hint else ""
        terminal.talk(
            terminal.printable(
                tr(
                    "line {number}: {message}{hint}",
                    number=number,
                    message=wrong.message,
                    hint=hint,
                )
            )
        )
        for line in wrong.detail.splitlines():
            terminal.talk(terminal.printable(f"  {line}"))

    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr] # it is a text stream
    return FOUND if play(session, sys.stdin, tell, refuse) else 0


def _talk(session: Session, workspace: Workspace) -> int:
    """Talk with a person at a terminal."""
    from flowlang.repl import told
    from flowlang.repl.prompt import Terminal

    color = terminal.colored()

    def tell(rows: Told) -> None:
        width = shutil.get_terminal_size().columns
        terminal.write(told.shown(rows, color=color, width=width, language=session.language))
        sys.stdout.flush()

    # A file alone has no folder in which anything of it is kept.
    whole = (workspace.root / "flow.toml").is_file()
    kept = workspace.root / ".flow" / "repl-history" if whole else None
    terminal.write(tr("`help` lists the words, Tab completes them, Ctrl-D ends the session.\n"))
    Terminal(session, tell, color=color, history=kept).run()
    return 0


class _Sources:
    """The workspace at a path, as it is on disk whenever it is asked for."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._root = Path()
        """The folder of the workspace."""

    def load(self) -> Loaded:
        from flowlang.cli.codes import of_files
        from flowlang.engine.tracing import Asks
        from flowlang.repl.script import Wrong
        from flowlang.repl.stage import Loaded

        asks = Asks()
        try:
            workspace, program = self._workspace(asks.expressions)
        except (OSError, click.ClickException) as failure:
            raise Wrong(why(failure)) from None
        self._root = workspace.root
        if program is None:
            first = next(one for one in workspace.findings.in_order() if one.severity == "error")
            line = first.span.source.position(first.span.start)[0]
            raise Wrong(
                joined((f"{first.span.source.name}:{line}", first.message), ": "),
                tr("`flow check` shows all findings"),
            )
        codes, _ = of_files(program)
        return Loaded.of(workspace, program, asks, codes)

    def _workspace(self, expressions: MakeExpressions) -> tuple[Workspace, Program | None]:
        """The workspace, with its program where it has no errors."""
        found = paths.one(self._path, expressions)
        return found, found.runnable

    def contacts(self, path: Path, program: Program) -> ContactRows:
        from flowlang.intake import schemas
        from flowlang.intake.contacts import read_contacts
        from flowlang.repl.script import Wrong

        places = (path, self._root / path)
        found = next((place for place in places if place.exists()), None)
        if found is None:
            raise Wrong(
                tr("{path}: there is no such file, neither here nor in the workspace", path=path)
            )
        try:
            data = found.read_bytes()
        except OSError as failure:
            raise Wrong(f"{path}: {failure.strerror}") from None
        schema = schemas.contact_schema(program)
        return read_contacts(str(path), data, schema, program.config.timezone)

    def paths(self, begun: str, suffixes: Sequence[str]) -> list[str]:
        typed = Path(begun)
        folder = typed if begun.endswith("/") or not begun else typed.parent
        found = set()
        for base in (Path(), self._root):
            try:
                there = [one for one in (base / folder).iterdir() if not one.name.startswith(".")]
            except OSError:
                continue
            found |= {f"{folder / one.name}/" for one in there if one.is_dir()}
            found |= {str(folder / one.name) for one in there if one.suffix.lower() in suffixes}
        return sorted(found)

    def write(self, path: Path, text: str) -> None:
        from flowlang.cli import files
        from flowlang.repl.script import Wrong

        try:
            if not files.write(path, text, path.parent):
                raise Wrong(tr("{path} leads elsewhere, so it is left as it is", path=path))
        except OSError as failure:
            raise Wrong(
                tr("{path} cannot be written: {why}", path=path, why=failure.strerror)
            ) from None


class _OverStore(_Sources):
    """The version that runs over a store: on it its contacts go their way, whatever the folder
    says meanwhile.
    """

    def __init__(self, path: Path | None, url: str | None) -> None:
        super().__init__(path)
        self._url = url

    def _workspace(self, expressions: MakeExpressions) -> tuple[Workspace, Program | None]:
        folder = running.one(self._path, self._url, expressions)
        with storing.existing(folder, self._url) as store:
            found = running.in_force(folder, store, expressions)
        return (found.workspace, found.program) if found is not None else (folder, folder.runnable)
