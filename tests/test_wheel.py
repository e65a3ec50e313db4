"""The wheel stands alone: built, installed elsewhere, and used from outside the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

TREE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Installed:
    """A wheel, and a fresh environment with nothing of ours but the wheel."""

    wheel: Path
    bin: Path
    outside: Path

    def run(self, program: str, *arguments: str) -> str:
        """The output of a program of that environment, run from a folder outside the tree."""
        return run(self.bin / program, *arguments, cwd=self.outside)


def run(program: Path | str, *arguments: str, cwd: Path) -> str:
    """The output of a program that must succeed."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "FLOW_", "COV_"))
    }
    done = subprocess.run(
        [program, *arguments],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{program} {arguments}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    place = tmp_path_factory.mktemp("wheel")
    outside = place / "outside"
    outside.mkdir()
    run(
        sys.executable,
        *("-m", "build", "--no-isolation", "--wheel", "--outdir", str(place), str(TREE)),
        cwd=outside,
    )
    [wheel] = place.glob("*.whl")

    home = place / "venv"
    venv.create(home)
    base = {"base": str(home), "platbase": str(home)}
    scripts = Path(sysconfig.get_path("scripts", "venv", base))
    library = Path(sysconfig.get_path("purelib", "venv", base))
    run(
        sys.executable,
        *("-m", "pip", "--python", str(scripts / "python")),
        *("install", "--quiet", "--no-index", "--no-deps", str(wheel)),
        cwd=outside,
    )
    # The dependencies come from the environment of the tests.  A folder named in a .pth file is
    # searched last, and the .pth file of an editable flowlang in it is not read.
    dependencies = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (library / "dependencies.pth").write_text("\n".join(dependencies), encoding="utf-8")
    return Installed(wheel, scripts, outside)


def test_the_wheel_carries_all_of_the_grammar_and_the_stdlib(installed: Installed) -> None:
    expected = {
        f"flowlang/{path.relative_to(TREE).as_posix()}"
        for folder in ("grammar", "stdlib")
        for path in (TREE / folder).rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    names = set(ZipFile(installed.wheel).namelist())
    assert expected | {"flowlang/grammar/flow.table", "flowlang/py.typed"} <= names
    assert any(name.startswith("flowlang/stdlib/") for name in names)


def test_flowlang_and_its_resources_come_from_the_wheel(installed: Installed) -> None:
    shown = installed.run(
        "python",
        "-c",
        "import flowlang, flowlang.resources as r;"
        "print(*flowlang.__path__, r.grammar() / 'flow.table', r.stdlib(), sep='\\n')",
    )
    environment = installed.bin.parent
    for line in shown.splitlines():
        assert Path(line).exists()
        assert Path(line).is_relative_to(environment)


def test_the_installed_command_says_its_version(installed: Installed) -> None:
    project = tomllib.loads((TREE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert installed.run("flow", "--version") == f"flow {project['version']}\n"


def test_the_installed_command_checks_an_example(installed: Installed) -> None:
    example = installed.outside / "webinar"
    shutil.copytree(TREE / "examples" / "webinar", example)
    installed.run("flow", "check", str(example))


def test_the_installed_command_speaks_german(installed: Installed) -> None:
    names = set(ZipFile(installed.wheel).namelist())
    assert {name for name in names if name.startswith("flowlang/locale/")} == {
        f"flowlang/locale/{path.stem}.mo" for path in (TREE / "locale").glob("*.po")
    }
    page = installed.run("flow", "rule", "wait-of-zero", "--language", "de")
    assert "Wartezeit null lässt keine Zeit vergehen." in page
