"""The GitHub Action: what it declares, and its steps run as the runner runs them."""

from __future__ import annotations

import json
import re
import subprocess
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.installing import TREE, copy, environment
from tests.cli.calling import GOOD

ACTION = TREE / ".ci" / "action" / "action.yml"
BAD = GOOD.replace('  send "Hello"', '  send "Helo"')


def steps() -> dict[str, dict[str, Any]]:
    """The steps of the action that are scripts, by name."""
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    return {step["name"]: step for step in action["runs"]["steps"] if "run" in step}


@dataclass
class Runner:
    """A job on a runner: a workspace, and an environment that the action has installed into."""

    workspace: Path
    env: dict[str, str]

    def step(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run a step; the expressions in its environment are those of the inputs."""
        step = steps()[name]
        given = {
            key: inputs.get(
                re.sub(r"^\$\{\{ inputs\.(.*) \}\}$", r"\1", value).replace("-", "_"), ""
            )
            for key, value in step.get("env", {}).items()
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],  # noqa: S607
            cwd=self.workspace,
            env=self.env | given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def summary(self) -> str:
        return Path(self.env["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    place = tmp_path_factory.mktemp("action")
    home = place / "venv"
    venv.create(home)
    scripts = sysconfig.get_path("scripts", "venv", {"base": str(home), "platbase": str(home)})
    env = environment(place)
    env["PATH"] = f"{scripts}:{env['PATH']}"
    env["GITHUB_ACTION_PATH"] = str(copy(place / "flowlang") / ".ci" / "action")
    done = Runner(place, env).step("install")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (Path(scripts) / "flow").is_file()
    return env


@pytest.fixture
def runner(installed: dict[str, str], tmp_path: Path) -> Runner:
    workspace = tmp_path / "work"
    workspace.mkdir()
    summary = tmp_path / "summary.md"
    summary.touch()
    return Runner(workspace, installed | {"GITHUB_STEP_SUMMARY": str(summary)})


def test_no_input_becomes_part_of_a_script() -> None:
    assert set(steps()) == {"install", "check", "test"}
    for step in steps().values():
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]


def test_what_is_found_is_annotated_and_summed_up(runner: Runner) -> None:
    (runner.workspace / "good").mkdir()
    (runner.workspace / "good" / "a.flow").write_text(GOOD)
    (runner.workspace / "with space").mkdir()
    (runner.workspace / "with space" / "b.flow").write_text(BAD)
    done = runner.step("check", paths="good\n\nwith space\n", sarif_file="found.sarif")
    assert done.returncode == 1
    assert "::error file=with space/b.flow,line=9,endLine=9,col=8," in done.stdout
    assert "with space/b.flow:9:8 error FL101" in runner.summary
    assert "1 error in 2 files" in runner.summary
    results = json.loads((runner.workspace / "found.sarif").read_text())["runs"][0]["results"]
    assert [one["ruleId"] for one in results] == ["FL101"]


def test_all_well_is_silent_and_0(runner: Runner) -> None:
    (runner.workspace / "a.flow").write_text(GOOD)
    done = runner.step("check", paths=".")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Nothing found in 1 file." in runner.summary


def test_a_wrong_path_is_2(runner: Runner) -> None:
    done = runner.step("check", paths="nowhere")
    assert (done.returncode, runner.summary) == (2, "")
    assert "nowhere: there is no such file or folder" in done.stderr


def test_the_tests_run_and_cannot_command_the_runner(runner: Runner) -> None:
    named = GOOD.replace('test "a greeting"', 'test "::error::boo"')
    (runner.workspace / "a.flow").write_text(named.replace("expect sent", "expect not sent"))
    done = runner.step("test", paths=".")
    assert done.returncode == 1
    first, *_, last = done.stdout.splitlines()
    assert last == f"::{first.removeprefix('::stop-commands::')}::"
    assert "1 failed" in done.stdout
