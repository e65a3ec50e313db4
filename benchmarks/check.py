"""`flow check`: CPU time of a cold start on one 80-line file, lines a second over 1,000 of them.

The peers are what any Python program pays (an empty start) and what others pay to read as many
lines of their own language: CPython's own parser over lines of Python.
"""

from __future__ import annotations

import ast
import compileall
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import flowlang
from flowlang import workspace
from flowlang.collector import without_collector

ROUNDS = 15
FILES = 1_000
HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent / "examples" / "webinar" / "webinar.flow"


def one_file() -> str:
    """The webinar example, self-contained: 80 lines."""
    text = EXAMPLE.read_text(encoding="utf-8")
    text = text.replace('body file "mails/reminder.html"', 'body """\n    Tomorrow.\n    """')
    return text.replace('use "consent"\n', "")


def write_files(folder: Path) -> int:
    """A workspace of files that declare names of their own; gives the number of lines."""
    text = one_file()
    names = set(
        re.findall(r'^(?:coupons|message|policy|campaign|test) "([^"]+)"', text, re.MULTILINE)
    )
    lines = 0
    for number in range(FILES):
        own = text
        for name in names:
            own = own.replace(f'"{name}"', f'"{name} {number}"').replace(
                f"'{name}'", f"'{name} {number}'"
            )
        (folder / f"file{number}.flow").write_text(own, encoding="utf-8")
        lines += own.count("\n")
    (folder / "flow.toml").write_text('timezone = "Europe/Berlin"\n', encoding="utf-8")
    return lines


def cpu_of(command: list[str], rounds: int = ROUNDS) -> float:
    """Seconds of CPU that a command takes, user and system, in the median of several starts."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    taken = []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, env=environment, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(taken)


def cold(folder: Path) -> None:
    """How long one small file takes, from the start of the program."""
    compileall.compile_dir(str(Path(flowlang.__file__).parent), quiet=2)
    path = folder / "one.flow"
    path.write_text(one_file(), encoding="utf-8")
    flow = str(Path(sys.executable).with_name("flow"))
    subprocess.run([flow, "check", str(path)], check=True, capture_output=True)
    empty = cpu_of([sys.executable, "-c", "pass"])
    print(f"cold start on one file of {one_file().count(chr(10))} lines, CPU, median of {ROUNDS}:")
    print(f"  empty Python       {empty * 1000:6.0f} ms")
    for name, options in (("flow check, anew", ["--no-cache"]), ("flow check, recalled", [])):
        check = cpu_of([flow, "check", *options, str(path)])
        print(
            f"  {name:<20}{check * 1000:5.0f} ms"
            f"   ({check / empty:.1f} times; {1000 * (check - empty):.0f} ms over it)"
        )


def again(folder: Path) -> None:
    """What the whole command takes over many files, at first and when nothing has changed."""
    lines = write_files(folder)
    flow = str(Path(sys.executable).with_name("flow"))
    first = cpu_of([flow, "check", "--no-cache", str(folder)], rounds=3)
    subprocess.run([flow, "check", str(folder)], check=True, capture_output=True)
    second = cpu_of([flow, "check", str(folder)])
    print(f"the command over {FILES} files, CPU:")
    print(f"  anew      {first:6.2f} s   {lines / first:10,.0f} lines/s")
    share = second / first
    print(f"  recalled  {second:6.2f} s   {lines / second:10,.0f} lines/s   ({share:.3f} of it)")


def many(folder: Path) -> None:
    """How many lines a second are checked and compiled."""
    lines = write_files(folder)
    rounds = []
    for _ in range(3):
        start = time.process_time()
        with without_collector():  # as the command does
            found = workspace.load(folder)
        rounds.append(time.process_time() - start)
        if found.findings.found:
            raise SystemExit(f"the files should be clean: {found.findings.found[0].message}")
    taken = statistics.median(rounds)
    code = Path(workspace.__file__).read_text(encoding="utf-8")
    start = time.process_time()
    for _ in range(100):
        ast.parse(code)
    python = 100 * code.count("\n") / (time.process_time() - start)
    print(
        f"{FILES} files, {lines} lines, read, parsed, checked and compiled on one core,"
        " median of 3:"
    )
    print(f"  {lines / taken:10,.0f} lines/s  ({taken:.2f} s of CPU)")
    print(
        f"  {python:10,.0f} lines/s  CPython's `ast` over Python, parsing only"
        f" ({lines / taken / python:.2f} of it)"
    )


if __name__ == "__main__":
    print(
        f"{platform.python_implementation()} {platform.python_version()},"
        f" {os.cpu_count()} cores, {platform.machine()}"
    )
    with tempfile.TemporaryDirectory() as temporary:
        cold(Path(temporary))
    with tempfile.TemporaryDirectory() as temporary:
        many(Path(temporary))
    with tempfile.TemporaryDirectory() as temporary:
        again(Path(temporary))
