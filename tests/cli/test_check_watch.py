"""`flow check --watch`: a process that is told of changes by nothing but the files."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

from tests.cli.calling import FLOW, GOOD, workspace

BAD = GOOD.replace('  send "Hello"', '  send "Helo"')
LONG = 60
"""Seconds after which a watch that says nothing is ended, so that its test fails."""


class Watch:
    """A watch under way."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.lines = process.stdout

    def until(self, last: str) -> list[str]:
        """The lines up to one that has these words; waits for them."""
        told = []
        for line in self.lines:
            told.append(line.rstrip("\n"))
            if last in line:
                return told
        raise AssertionError(f"no line with {last!r}: {told}")

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait()


@contextmanager
def watching(folder: Path, *arguments: str) -> Iterator[Watch]:
    """What the person sees, stdout and stderr in one."""
    with subprocess.Popen(
        [*FLOW, "check", "--watch", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        limit = Timer(LONG, process.kill)
        limit.start()
        try:
            yield Watch(process)
        finally:
            limit.cancel()
            process.kill()


def test_a_change_is_checked_and_what_changed_is_told(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop")
    with watching(tmp_path, "shop") as watch:
        assert watch.until("Watching") == ["Nothing found in 1 file. Watching; Ctrl-C ends."]
        (shop / "shop.flow").write_text(BAD)
        told = watch.until("in 1 file")
        assert (
            told[0] == "shop/shop.flow:9:8 error FL101 unknown-message: there is no message `Helo`"
        )
        # A line above moves the finding, which makes no new one; a second one is told alone.
        (shop / "shop.flow").write_text("# moved\n" + BAD + 'segment "S"\n  in group "G"\n')
        told = watch.until("in 1 file")
        assert not [line for line in told if "FL101" in line]
        assert "unknown-group" in told[0]
        (shop / "shop.flow").write_text(GOOD)
        told = watch.until("in 1 file")
        assert [line.split(": ")[0] for line in told[:-1]] == ["gone", "gone"]
        assert told[-1] == "Nothing found in 1 file."
        assert watch.interrupt() == 0


def test_an_editor_may_replace_the_file_and_files_come_and_go(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", BAD)
    with watching(tmp_path) as watch:
        assert any("FL101" in line for line in watch.until("Watching"))
        (shop / "new").write_text(GOOD)
        (shop / "new").replace(shop / "shop.flow")
        assert watch.until("in 1 file")[-1] == "Nothing found in 1 file."
        (shop / "more.flow").write_text(BAD.replace('"Hello"', '"Other"'))
        assert any("more.flow" in line for line in watch.until("in 2 files"))
        (shop / "more.flow").unlink()
        assert watch.until("in 1 file")[-1] == "Nothing found in 1 file."


def test_bodies_and_settings_are_watched_and_a_wrong_one_ends_nothing(tmp_path: Path) -> None:
    filed = GOOD.replace('body "Hello there."', 'body file "mail.txt"')
    shop = workspace(tmp_path / "shop", filed, mail_txt="Hello")
    with watching(tmp_path, "shop") as watch:
        watch.until("Watching")
        (shop / "mail.txt").write_text("Hello {{ nobody }}")
        assert any("FL302" in line for line in watch.until("in 1 file"))
        (shop / "flow.toml").write_text('langage = "de"\n')
        assert "unknown key `langage`" in watch.until("watching on")[0]
        (shop / "flow.toml").write_text("")
        (shop / "mail.txt").write_text("Hello")
        assert watch.until("Nothing found")
        (shop / "shop.flow").unlink()
        assert "there is no .flow file" in watch.until("watching on")[0]
        (shop / "shop.flow").write_text(BAD)
        assert watch.until("1 error in 1 file")
        assert watch.interrupt() == 1
