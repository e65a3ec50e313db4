"""The hooks for pre-commit, as a repository that names this one gets them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ci.installing import copy, environment, git
from tests.cli.calling import GOOD


@dataclass
class Repository:
    """A repository with campaigns, whose pre-commit has installed the hooks."""

    path: Path
    env: dict[str, str]

    def hook(self, name: str) -> subprocess.CompletedProcess[str]:
        git("add", "--all", cwd=self.path, env=self.env)
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", name],
            cwd=self.path,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    place = tmp_path_factory.mktemp("pre-commit")
    env = environment(place) | {"PRE_COMMIT_HOME": str(place / "installed")}
    flowlang = copy(place / "flowlang")
    git("init", "--quiet", cwd=flowlang, env=env)
    git("add", "--all", cwd=flowlang, env=env)
    git("commit", "--quiet", "--message", "all", cwd=flowlang, env=env)
    revision = git("rev-parse", "HEAD", cwd=flowlang, env=env)

    path = place / "campaigns"
    path.mkdir()
    git("init", "--quiet", cwd=path, env=env)
    hooks = [{"id": name} for name in ("flow-check", "flow-test", "flow-fmt")]
    config = {"repos": [{"repo": str(flowlang), "rev": revision, "hooks": hooks}]}
    # JSON is YAML.
    (path / ".pre-commit-config.yaml").write_text(json.dumps(config))
    return Repository(path, env)


def test_good_campaigns_pass_all_hooks(repository: Repository) -> None:
    (repository.path / "good.flow").write_text(GOOD)
    for name in ("flow-check", "flow-test", "flow-fmt"):
        done = repository.hook(name)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Passed" in done.stdout


def test_a_mistake_keeps_a_commit_back(repository: Repository) -> None:
    (repository.path / "bad.flow").write_text(GOOD.replace('  send "Hello"', '  send "Helo"'))
    done = repository.hook("flow-check")
    (repository.path / "bad.flow").unlink()
    assert done.returncode == 1
    assert "bad.flow:9:8 error FL101 unknown-message" in done.stdout


def test_a_failed_test_keeps_a_commit_back(repository: Repository) -> None:
    text = GOOD.replace('expect sent "Hello"', 'expect not sent "Hello"')
    (repository.path / "bad.flow").write_text(text)
    done = repository.hook("flow-test")
    (repository.path / "bad.flow").unlink()
    assert done.returncode == 1
    assert "1 failed" in done.stdout


def test_a_file_is_put_in_order_and_its_commit_kept_back_once(repository: Repository) -> None:
    file = repository.path / "untidy.flow"
    file.write_text(GOOD.replace("  kind service", "  kind   service"))
    assert repository.hook("flow-fmt").returncode == 1
    assert file.read_text() == GOOD
    assert repository.hook("flow-fmt").returncode == 0


def test_other_files_are_no_concern_of_the_hooks(repository: Repository) -> None:
    for path in repository.path.glob("*.flow"):
        path.unlink()
    (repository.path / "notes.txt").write_text("no campaign")
    assert "no files to check" in repository.hook("flow-check").stdout
