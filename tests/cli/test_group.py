"""The command as a whole: its verbs, its help, its manners when something is wrong."""

from __future__ import annotations

import ast
import os
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from flowlang import cli
from tests.cli.calling import FLOW, GOOD, flow, workspace

CONTEXT = click.Context(cli.flow, info_name="flow")
VERBS = cli.flow.list_commands(CONTEXT)


def leaves(command: click.Command, name: str) -> list[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        return [(name, command)]
    return [
        leaf for verb, below in command.commands.items() for leaf in leaves(below, f"{name} {verb}")
    ]


def commands() -> list[tuple[str, click.Command]]:
    found = []
    for verb in VERBS:
        command = cli.flow.get_command(CONTEXT, verb)
        assert command is not None
        found += leaves(command, verb)
    return found


def test_the_folder_is_the_list_of_verbs() -> None:
    assert {"check", "fmt", "graph", "new", "rule", "simulate", "test", "tree"} <= set(VERBS)
    assert not {"terminal", "paths", "files", "tally", "__init__"} & set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_one_line_in_the_list(verb: str) -> None:
    assert 10 < len(cli.summary(verb)) < 120
    assert cli.summary(verb).endswith(".")


@pytest.mark.parametrize(("name", "command"), commands())
def test_every_command_has_help_with_an_example(name: str, command: click.Command) -> None:
    said = CliRunner().invoke(command, ["--help"]).stdout
    assert f"flow {name}" in said or name.split(maxsplit=1)[0] in (command.epilog or ""), name
    assert "Example" in said, name
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts}"


def test_help_imports_no_verb(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom flowlang import cli\n"
        "try: cli.flow.main(['--help'])\nexcept SystemExit: pass\n"
        "loaded = [m for m in sys.modules if m.startswith(('flowlang.cli.', 'flowlang.syntax'))]\n"
        "print(sorted(loaded), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=tmp_path
    )
    assert ast.literal_eval(done.stderr.decode()) == ["flowlang.cli.terminal"]


def test_version(tmp_path: Path) -> None:
    from importlib.metadata import version

    assert flow("--version", cwd=tmp_path).stdout == f"flow {version('flowlang')}\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["chekc"], "there is no command `chekc`; did you mean `check`?"),
        (["check", "--fxi"], "--fix"),
        (["check", "nowhere"], "Error: nowhere: there is no such file or folder"),
        (["check"], "there is no .flow file in ."),
        (["check", "notes.txt"], "notes.txt is no .flow file"),
        (["fmt", "notes.txt"], "notes.txt is no .flow file"),
        (["fmt", "--to", "xx"], "there is no language `xx`"),
        (["tree", "nowhere.flow"], "Error: nowhere.flow: there is no such file or folder"),
        (["simulate"], "Missing option '--contacts'"),
        (["rule", "FL9"], "there is no rule `FL9`"),
        (["new", "."], ". is there already"),
    ],
)
def test_a_wrong_call_is_one_clear_line_and_2(tmp_path: Path, args: list[str], said: str) -> None:
    (tmp_path / "notes.txt").write_text("")
    done = flow(*args, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_what_a_new_workspace_says_to_try_can_be_tried(tmp_path: Path) -> None:
    made = flow("new", "spring 'sale'", cwd=tmp_path)
    assert made.returncode == 0
    calls = [shlex.split(line) for line in made.stderr.partition("Now try:")[2].splitlines()]
    assert [call[1] for call in calls] == ["check", "test", "simulate", "contacts", "event", "run"]
    for call in calls:
        done = flow(*call[1:], cwd=tmp_path, FLOW_NOW="2026-03-02 12:00")
        assert done.returncode == 0, call
    assert "sent       Welcome 2" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("toml", "channel", "said"),
    [
        (
            '[delivery]\nkind = "smtp"\n', "email",
            'flow.toml: [delivery] kind = "smtp" needs the mail server',
        ),
        (
            '[store]\nurl = "mysql://x"\n', "email",
            'flow.toml: [store] url = "mysql://x": there is no store `mysql`',
        ),
        (
            '[delivery]\nkind = "webhook"\n', "email",
            '"Hello" goes by email, for which flow.toml names no way out: url =',
        ),
        (
            '[delivery]\nkind = "webhook"\n[channels.push]\naddress = "mobile"\n', "push",
            '"Hello" goes by push, for which flow.toml names no way out: webhook =',
        ),
    ],
)  # fmt: skip
def test_check_tells_what_run_would_refuse(
    tmp_path: Path, toml: str, channel: str, said: str
) -> None:
    shop = workspace(tmp_path / "shop", GOOD.replace("channel email", f"channel {channel}"))
    (shop / "flow.toml").write_text(toml)
    for _ in range(2):  # the second time it is remembered
        checked = flow("check", cwd=shop)
        assert (checked.returncode, checked.stdout) == (0, "")
        assert "warning: `flow run` will refuse: " in checked.stderr
        assert said in checked.stderr
    run = flow("run", "--once", cwd=shop)
    assert run.returncode == 2
    assert said in run.stderr


def test_a_store_that_is_named_stands_in_for_one_that_there_is_not(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop")
    (shop / "flow.toml").write_text('[store]\nurl = "mysql://x"\n')
    url = "sqlite:///state.db"
    assert "mysql" not in flow("check", cwd=shop, FLOW_STORE=url).stderr
    assert flow("run", "--once", "--store", url, cwd=shop).returncode == 0


def test_a_bad_configuration_is_one_clear_line_and_2(tmp_path: Path) -> None:
    workspace(tmp_path / "shop")
    (tmp_path / "shop" / "flow.toml").write_text('langage = "de"\n')
    done = flow("check", "shop", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "Error: shop/flow.toml: unknown key `langage`; did you mean `language`?\n"


def test_a_fault_of_ours_is_one_line_and_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("no\nway")

    monkeypatch.delenv("FLOW_DEBUG", raising=False)
    assert cli.guarded(fail) == 2
    said = capfd.readouterr().err
    assert said.startswith("internal error: ZeroDivisionError: no?way; please report this")
    assert said.count("\n") == 1
    monkeypatch.setenv("FLOW_DEBUG", "1")
    assert cli.guarded(fail) == 2
    assert "Traceback" in capfd.readouterr().err


def test_an_interruption_is_no_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    assert cli.guarded(interrupt) == 130
    assert capfd.readouterr().err == "\ninterrupted\n"


def test_a_reader_that_leaves_is_no_traceback(tmp_path: Path) -> None:
    text = "".join(f'group "G{number}"\n' for number in range(20_000))
    (tmp_path / "large.flow").write_text(text)
    # Without a buffer Python does not notice that the second half of a write went nowhere.
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    with subprocess.Popen(
        [*FLOW, "tree", "large.flow"], cwd=tmp_path, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait() == 141
    assert said == b""


@pytest.mark.parametrize(
    ("environment", "colored"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_is_for_terminals(
    tmp_path: Path, environment: dict[str, str], colored: bool
) -> None:
    (tmp_path / "a.flow").write_text('campaign "X"\n  start when tagged\n')
    ours, theirs = os.openpty()
    clean = {name: value for name, value in os.environ.items() if "COLOR" not in name}
    with subprocess.Popen(
        [*FLOW, "check", "a.flow"], cwd=tmp_path, stdout=theirs, stderr=subprocess.DEVNULL,
        env={**clean, "TERM": "xterm", **environment},
    ) as process:  # fmt: skip
        os.close(theirs)
        said = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:
                break
            if not part:
                break
            said += part
        process.wait()
    os.close(ours)
    assert (b"\x1b[" in said) is colored


def test_a_pipe_has_no_colour_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_text('campaign "X"\n  start when tagged\n')
    assert "\x1b" not in flow("check", "a.flow", cwd=tmp_path, NO_COLOR="").stdout
    assert "\x1b" in flow("check", "a.flow", cwd=tmp_path, NO_COLOR="", FORCE_COLOR="1").stdout
