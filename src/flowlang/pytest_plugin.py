"""`pytest --flow`: the `test` blocks of `.flow` files as tests among others.

Each file is collected with the workspace it belongs to, which is read once a session.  Nothing of
flowlang is imported without `--flow`: pytest loads this module wherever flowlang is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flowlang.engine.testing import Result
    from flowlang.workspace import Workspace


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option `--flow`; without it no `.flow` file is looked at."""
    group = parser.getgroup("flow", "campaigns in flow")
    group.addoption("--flow", action="store_true", help="run the `test` blocks of .flow files")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> FlowFile | None:
    """Take a `.flow` file, if they are asked for."""
    if file_path.suffix != ".flow" or not parent.config.getoption("--flow"):
        return None
    collected: FlowFile = FlowFile.from_parent(parent, path=file_path)
    return collected


class FlowFile(pytest.File):
    """A `.flow` file; its items are its `test` blocks."""

    def collect(self) -> Iterator[FlowTest]:
        """Its tests.  Raises CollectError where its workspace has errors, so that none can run."""
        loaded = _loaded(self)
        here = self.path.resolve()
        scripts = [one for one in loaded.workspace.tests if Path(one.file).resolve() == here]
        program = loaded.workspace.runnable
        if program is None:
            told = _errors(loaded.workspace, here)
            if told or scripts:
                raise self.CollectError(told or "another file of this workspace has errors")
            return
        for script in scripts:
            run = partial(script.run, program, loaded.codes)
            yield FlowTest.from_parent(self, name=script.name, run=run, line=script.line)


class FlowTest(pytest.Item):
    """One `test` block."""

    def __init__(self, *, run: Callable[[], Result], line: int, **given: Any) -> None:
        super().__init__(**given)
        # Other plugins take for granted that an item has fixtures, as those of pytest have.
        self.funcargs: dict[str, object] = {}
        self._run = run
        self._line = line

    def runtest(self) -> None:
        """Run it in a world of its own.  Raises FlowFailed."""
        from flowlang.cli.paths import nearby

        result = self._run()
        if not result.passed:
            raise FlowFailed(f"{nearby(Path(result.file))}: {result.message}")

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any, **options: Any
    ) -> Any:
        """What was expected and what was so instead; the traceback only of a fault of ours."""
        if isinstance(excinfo.value, FlowFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *arguments, **options)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it stands; lines count from 0 here."""
        return self.path, self._line - 1, f'test "{self.name}"'


class FlowFailed(Exception):
    """An expectation of a test did not come true; the message says which, for a person."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A workspace, and what its coupon lists hold by their own files."""

    workspace: Workspace
    codes: dict[str, tuple[str, ...]]


_LOADED = pytest.StashKey[dict[Path, _Loaded]]()


def _loaded(file: FlowFile) -> _Loaded:
    """The workspace of a file, read once a session.  Raises CollectError."""
    from flowlang import workspace
    from flowlang.cli import expected
    from flowlang.cli.codes import of_files
    from flowlang.cli.paths import targets

    known = file.config.stash.setdefault(_LOADED, {})
    ((root, files),) = targets([file.path])
    if root not in known:
        try:
            found = workspace.load(root, files)
        except Exception as failure:
            told = expected(failure)
            if not told:
                raise
            raise file.CollectError(told) from None
        codes, wrong = of_files(found.program) if found.program else ({}, [])
        for name, problem in wrong:
            file.warn(pytest.PytestWarning(problem.render(name)))
        known[root] = _Loaded(found, codes)
    return known[root]


def _errors(found: Workspace, path: Path) -> str:
    """The errors of one file, as `flow check` shows them."""
    from flowlang.reports import text

    errors = [
        one
        for one in found.findings.found
        if one.severity == "error" and one.span.source.path
        if one.span.source.path.resolve() == path
    ]
    return text.excerpts(errors)
