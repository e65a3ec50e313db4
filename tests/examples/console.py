"""The `console` blocks of a document: commands after `$ `, and what they print.

`python tests/examples/console.py README.md` runs them and writes down what they print.

All blocks of a document run one after the other, in a fresh copy of the examples.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

TOP = Path(__file__).parents[2]
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?Z?")


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Each command of a block with the output below it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def timeless(output: str) -> str:
    """An output without its moments: some of them are of today."""
    return MOMENT.sub("(moment)", output)


class Shell:
    """Runs commands where nothing of before is left; the program `flow` is in a folder."""

    def __init__(self, folder: Path, programs: Path = Path(sys.executable).parent) -> None:
        self.folder = folder
        shutil.copytree(
            TOP / "examples", folder / "examples", ignore=shutil.ignore_patterns(".flow")
        )
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("FLOW_")},
            "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
            "NO_COLOR": "1",
            "COLUMNS": "100",
        }

    def run(self, command: str) -> str:
        """What a command prints, talk and data in the order in which they come."""
        if command.startswith("cd "):
            self.folder /= command.removeprefix("cd ")
            return ""
        done = subprocess.run(
            ["/usr/bin/env", "bash", "-c", command],
            cwd=self.folder,
            env=self.environment,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        return done.stdout


def rewritten(text: str) -> str:
    """A document with the output of its commands as it is now."""
    with TemporaryDirectory() as folder:
        shell = Shell(Path(folder))

        def block(match: re.Match[str]) -> str:
            parts = []
            for command, old in commands(match[0]):
                new = shell.run(command)
                parts.append(f"$ {command}\n{old if timeless(old) == timeless(new) else new}")
            return "".join(part if part.endswith("\n") else part + "\n" for part in parts)

        return BLOCK.sub(block, text)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        document = Path(name)
        document.write_text(rewritten(document.read_text(encoding="utf-8")), encoding="utf-8")
