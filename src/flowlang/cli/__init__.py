"""The command `flow`: one module a verb; the folder is the list of verbs.

A module of this package is a verb if it defines a function of its own name, as a click command or
group; the first line of its docstring is what `flow --help` says about it.  A verb is imported when
it is called and not before, so that each pays only for what it needs.

Exit codes, for every verb: 0 all well, 1 the program found something, 2 the call or the environment
is wrong.  A verb answers with its exit code, or None for 0.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import click

from flowlang import speech
from flowlang.cli import terminal
from flowlang.speech import Text, tr

FOUND = 1
"""The exit code where the program found something."""
WRONG = 2
"""The exit code where the call or the environment is wrong."""
INTERRUPTED = 130
"""The exit code of a program that was ended by Ctrl-C."""
READER_LEFT = 141
"""The exit code of a program whose output nobody reads any more, as in `flow tree x | head`."""

_FOLDER = Path(__file__).parent


class Verbs(click.Group):
    """The group that finds its verbs in the folder, and turns every failure into one plain line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for path in sorted(_FOLDER.glob("*.py")) if is_verb(name := path.stem)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if not is_verb(cmd_name):
            return None
        return cast("click.Command", getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            from flowlang.source import did_you_mean

            hint = did_you_mean(name, self.list_commands(ctx), all_at="flow --help")
            raise click.UsageError(
                tr(
                    "there is no command `{name}`; {hint}", name=terminal.printable(name), hint=hint
                ),
                ctx,
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a verb, without importing any of them."""
        rows = [(name, summary(name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def main(  # type: ignore[override] # ends the program, whatever `standalone_mode` says
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> None:
        given = list(sys.argv[1:] if args is None else args)
        prog_name = prog_name or "flow"
        self._main_shell_completion(extra, prog_name, complete_var)
        sys.exit(guarded(lambda: self._invoke(given, prog_name, extra)))

    def _invoke(self, args: list[str], prog_name: str, extra: dict[str, Any]) -> object:
        with self.make_context(prog_name, args, **extra) as ctx:
            return self.invoke(ctx)


def guarded(call: Callable[[], object]) -> int:
    """The exit code of a call; what it fails with becomes one line, never a traceback."""
    terminal.prepare()
    try:
        return _code(call)
    finally:
        terminal.end()


def _code(call: Callable[[], object]) -> int:
    try:
        code = call()
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as over:
        return over.exit_code
    except click.ClickException as wrong:
        from flowlang.cli import usage  # only where a call is wrong

        usage.show(wrong)
        return WRONG
    except (KeyboardInterrupt, EOFError, click.Abort):
        terminal.talk(tr("\ninterrupted"))
        return INTERRUPTED
    except BrokenPipeError:
        return READER_LEFT
    except Exception as failure:  # noqa: BLE001 - the one place where everything ends
        return _told(failure)


def _told(failure: Exception) -> int:
    """Say in one line what went wrong; a fault of ours is told as one."""
    told = expected(failure)
    if told:
        terminal.talk(tr("Error: {what}", what=terminal.printable(told)))
        return WRONG
    if os.environ.get("FLOW_DEBUG"):
        import traceback

        traceback.print_exception(failure)
    what = terminal.printable(f"{type(failure).__name__}: {failure}")
    terminal.talk(
        tr(
            "internal error: {failure}; please report this (FLOW_DEBUG=1 shows where it happened)",
            failure=what[:300],
        )
    )
    return WRONG


def expected(failure: Exception) -> str:
    """What to say of a failure that is no fault of the program; empty for one that is."""
    from flowlang.config import ConfigError
    from flowlang.resources import ResourceMissing

    if isinstance(failure, (ConfigError, ResourceMissing)):
        return failure.args[0] if isinstance(failure.args[0], Text) else speech.why(failure)
    if isinstance(failure, FileNotFoundError):
        name = _named(failure)
        if Path(name).is_symlink():
            return tr("{name}: this link leads to no file", name=name)
        return tr("{name}: there is no such file or folder", name=name)
    if isinstance(failure, OSError):
        return f"{_named(failure)}: {failure.strerror or failure}"
    if isinstance(failure, UnicodeDecodeError):
        return tr("this is not UTF-8 text")
    return ""


def _named(failure: OSError) -> str:
    if failure.filename is not None:
        return str(failure.filename)
    return str(failure.args[0]) if len(failure.args) == 1 else tr("the system")


def is_verb(name: str) -> bool:
    """Whether a module of this package is a verb; it is not imported for that."""
    path = _FOLDER / f"{name}.py"
    if not name.isidentifier() or not path.is_file():
        return False
    text = path.read_text(encoding="utf-8")
    return "\n@click." in text and f"\ndef {name}(" in text


def summary(verb: str) -> str:
    """What a verb does, in one line: the first of its module's docstring."""
    tree = ast.parse((_FOLDER / f"{verb}.py").read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").split("\n", 1)[0]


def _print_version(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"flow {version('flowlang')}")
        ctx.exit()


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: flow check examples && flow test examples",
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version,
    help="Print the version and exit.",
)  # fmt: skip
def flow() -> None:
    """Marketing campaigns as text: check them, test them, simulate them, run them.

    PATH is a workspace folder (one with a flow.toml) or a .flow file; without it, the workspace
    of the current folder. Exit codes: 0 all well, 1 something was found, 2 the call is wrong.
    """


def main() -> None:
    """What the command `flow` runs."""
    flow.main()
