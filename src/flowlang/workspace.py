"""A folder with a `flow.toml` and its `.flow` files, read, checked and compiled.

The only place that puts the parts together: whoever wants a program asks `load`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import flowlang.steps  # noqa: F401 - registers the statements with the grammar
from flowlang import digests, resources
from flowlang.check import diagnostics as d
from flowlang.check.declarations import MAX_FILE, Reader, complete_events
from flowlang.check.expressions import Expressions
from flowlang.check.names import Config, Names
from flowlang.config import ConfigError, Settings, read_settings
from flowlang.discovery import find, own_files
from flowlang.program.compile import compile_program
from flowlang.program.program import Program
from flowlang.source import Findings, Source, Span, did_you_mean
from flowlang.speech import tr
from flowlang.syntax.declarations import Use
from flowlang.syntax.parser import Parsed, parse
from flowlang.syntax.reading import read_source
from flowlang.syntax.scripts import Test

if TYPE_CHECKING:
    from flowlang.engine.testing import Script
    from flowlang.rules.baseline import Place


class Disk:
    """The files that sources name: body files and modules, as they stand on disk.

    An editor puts what it has not saved yet in their place.
    """

    def data(self, path: Path) -> bytes:
        """What a file holds.  Raises OSError."""
        return path.read_bytes()

    def has(self, path: Path) -> bool:
        """Whether a file is there."""
        return path.is_file()

    def module(self, path: Path, language: str, findings: Findings) -> Parsed:
        """A module, parsed; what is wrong with it is reported.  Raises OSError."""
        return parse(read_source(path, path.name, findings), findings, language)


@dataclass(slots=True)
class Workspace:
    """What was found in a folder: the parsed files, the findings, the program."""

    root: Path
    settings: Settings
    findings: Findings
    files: list[Parsed] = field(default_factory=list)
    modules: list[Parsed] = field(default_factory=list)
    """Files that are used from elsewhere: the standard library, or other folders."""
    tests: list[Script] = field(default_factory=list)
    program: Program | None = None
    """What was compiled; it may be run only where no finding is an error."""
    inputs: dict[Path, str] = field(default_factory=dict)
    """What else than its own files it hangs on, each with the digest of what was read."""
    disk: Disk = field(default_factory=Disk)
    texts: dict[Path, str] = field(default_factory=dict)
    """What the files hold that its files name, such as the bodies of messages."""

    @property
    def name(self) -> str:
        return self.root.name

    @property
    def language(self) -> str:
        """That of its first file: the one to speak to its people in."""
        return next((parsed.language for parsed in self.files), self.settings.language)

    @property
    def languages(self) -> dict[Source, str]:
        """The language of each file and module."""
        return {parsed.source: parsed.language for parsed in (*self.files, *self.modules)}

    @property
    def runnable(self) -> Program | None:
        """The program, if it has no errors."""
        return None if self.findings.has_errors else self.program


MakeExpressions = Callable[[Names], Expressions]
"""Makes what gives conditions their meaning."""


def load(
    root: Path,
    files: list[Path] | None = None,
    expressions: MakeExpressions | None = None,
    texts: Mapping[Path, str] | None = None,
) -> Workspace:
    """Read, check and compile a workspace.

    `expressions` is for those who want to know what conditions are asked (`engine.tracing`), and
    `texts` stand in the place of what its own files hold: what an editor has not saved yet.
    Raises ConfigError where its `flow.toml` cannot be read.
    """
    folder = root if root.is_dir() else root.parent
    settings = read_settings(folder / "flow.toml") if files is None else Settings()
    findings = Findings()
    workspace = Workspace(folder, settings, findings)
    config = settings.config()
    for path in files if files is not None else own_files(folder):
        if texts and path in texts:
            source = Source(str(path), texts[path], path)
        else:
            source = read_source(path, str(path), findings, config.language)
        workspace.files.append(parse(source, findings, config.language))
    check(workspace, config, expressions)
    return workspace


def load_text(text: str, name: str = "<stdin>", settings: Settings | None = None) -> Workspace:
    """Check a text that is in no file: standard input, an editor's buffer, a test."""
    findings = Findings()
    workspace = Workspace(Path(), settings or Settings(), findings)
    config = workspace.settings.config()
    workspace.files.append(parse(Source(name, text), findings, config.language))
    check(workspace, config)
    return workspace


def check(workspace: Workspace, config: Config, expressions: MakeExpressions | None = None) -> None:
    """Check what was parsed and compile it; fills `workspace.program`."""
    findings = workspace.findings
    names = Names(config, findings)
    texts = _TextFiles(workspace)
    reader = Reader(names, texts.read, texts.may_read)
    _use_modules(workspace, config)
    everything = [*workspace.modules, *workspace.files]
    reader.languages = frozenset(parsed.language for parsed in workspace.files)
    for parsed in everything:
        reader.language = parsed.language
        reader.broken = tuple(parsed.bad_lines)
        reader.file(parsed.tree)
    complete_events(names)
    for parsed in everything:
        reader.policies(parsed.tree)
    program = workspace.program = compile_program(
        names, reader, expressions(names) if expressions else None
    )
    program.language = workspace.language
    for parsed in workspace.files:
        for item in parsed.tree.items:
            if isinstance(item, Test):
                # With it comes the engine, of which those without tests need nothing here.
                from flowlang.engine.testing import compile_test

                workspace.tests.append(compile_test(item, program))


def lint(
    workspace: Workspace,
    *,
    forgiving: bool = True,
    still_wanted: Callable[[], bool] = lambda: True,
) -> list[Place]:
    """Add what the rules find to the findings; gives where each belongs, for a new baseline.

    What `flow-baseline.json` beside flow.toml forgives is left out, unless not `forgiving`.
    Raises ConfigError where that file cannot be read, and `rules.lint.Unwanted` soon after it is
    not `still_wanted`.
    """
    from flowlang.rules import baseline, lint  # many small modules, for one verb only

    if workspace.program is None:
        return []
    path = workspace.root / baseline.NAME
    workspace.inputs[path] = digests.of_input(path)
    try:
        forgiven = baseline.read(path) if forgiving else None
    except baseline.BadBaseline as error:
        raise ConfigError(str(error)) from None
    return lint.lint(
        workspace.program, workspace.files, workspace.modules, workspace.settings.rules,
        workspace.root, workspace.findings, forgiven, still_wanted,
    )  # fmt: skip


def _use_modules(workspace: Workspace, config: Config) -> None:
    """Take the files that `use` names, and those that they use in turn, each once."""
    seen = {parsed.source.path.resolve() for parsed in workspace.files if parsed.source.path}
    pending = list(workspace.files)
    while pending:
        parsed = pending.pop(0)
        for item in parsed.tree.items:
            if not isinstance(item, Use):
                continue
            path = _module_path(item, parsed, workspace)
            if path is None or path.resolve() in seen:
                continue
            seen.add(path.resolve())
            ours = path.parent == resources.stdlib()
            language = "en" if ours else config.language
            module = workspace.disk.module(path, language, workspace.findings)
            workspace.modules.append(module)
            pending.append(module)


def _module_path(item: Use, parsed: Parsed, workspace: Workspace) -> Path | None:
    findings = workspace.findings
    name = item.name.value
    if name.startswith((".", "/")) or name.endswith(".flow"):
        base = parsed.source.path.parent if parsed.source.path else Path()
        path: Path = base / name
        if "\0" not in name:  # which no path may have
            workspace.inputs[path] = digests.of_input(path)
            if workspace.disk.has(path):
                return path
        findings.report(d.UNKNOWN_FILE, item.name.span, name=name, why=tr("does not exist"))
        return None
    path = resources.stdlib() / f"{name}.flow"
    if "/" not in name and "\\" not in name and workspace.disk.has(path):
        return path
    known = [found.stem for found in resources.stdlib().glob("*.flow")]
    hint = did_you_mean(name, known, tr("module"))
    findings.report(d.UNKNOWN_MODULE, item.name.span, name=name, hint=hint)
    return None


@dataclass(slots=True)
class _TextFiles:
    """Reads files that sources name, which may not leave the workspace."""

    workspace: Workspace

    @property
    def findings(self) -> Findings:
        return self.workspace.findings

    def may_read(self, path: Path, span: Span) -> bool:
        """Whether a path is a file within the workspace, or within the folder of a module."""
        shown = str(span.text).strip('"')
        if "\0" in str(path):
            self.findings.report(d.UNKNOWN_FILE, span, name=shown, why=tr("does not exist"))
            return False
        root, real = self.workspace.root.resolve(), path.resolve()
        here = span.source.path.resolve() if span.source.path else root
        home = root if here.is_relative_to(root) else here.parent
        inside = real.is_relative_to(home)
        self.workspace.inputs[path] = (digests.of_input if inside else digests.of_place)(path)
        if not inside:
            self.findings.report(
                d.UNKNOWN_FILE, span, name=shown, why=tr("lies outside the workspace")
            )
            return False
        if not self.workspace.disk.has(real):
            self.findings.report(d.UNKNOWN_FILE, span, name=shown, why=tr("does not exist"))
            return False
        return True

    def read(self, path: Path, span: Span) -> Source | None:
        shown = str(span.text).strip('"')
        if not self.may_read(path, span):
            return None
        try:
            data = self.workspace.disk.data(path)
        except OSError:
            self.findings.report(d.UNKNOWN_FILE, span, name=shown, why=tr("cannot be read"))
            return None
        if len(data) > MAX_FILE:
            self.findings.report(d.UNKNOWN_FILE, span, name=shown, why=tr("is too large"))
            return None
        try:
            found = Source(str(path), data.decode("utf-8-sig"), path)
            found.language = span.source.language
            self.workspace.texts[path] = found.text
            return found
        except UnicodeDecodeError:
            self.findings.report(d.UNKNOWN_FILE, span, name=shown, why=tr("is not UTF-8 text"))
            return None


__all__ = ["ConfigError", "Workspace", "check", "find", "lint", "load", "load_text"]
