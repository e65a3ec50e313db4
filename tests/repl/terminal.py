"""`flow repl` at a terminal: a process of its own behind a pseudo terminal, and what its screen
shows.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

PATIENCE = 60
"""Seconds that a screen may take to show what is waited for."""
END = "\x04"
INTERRUPT = "\x03"
TAB = "\t"
UP = "\x1b[A"


class _Screen(pyte.Screen):
    """A screen that answers when it is asked where its cursor is."""

    reply: Callable[[str], None]

    def write_process_input(self, data: str) -> None:
        self.reply(data)


_OWN = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
"""What a terminal of our own decides itself."""


class Terminal:
    """A person at a terminal of 100 columns."""

    def __init__(self, folder: Path, *args: str, rows: int = 48, **environment: str) -> None:
        self.screen = _Screen(100, rows)
        self.screen.reply = self.type
        self._stream = pyte.Stream(self.screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 100, 0, 0))
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("FLOW_") and name not in _OWN
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flowlang", "repl", *args],
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment},
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    # ------------------------------------------------------------------ what the person sees

    @property
    def rows(self) -> list[str]:
        """The rows of the screen, without empty ones at its end."""
        rows = [row.rstrip() for row in self.screen.display]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    def colored(self) -> set[str]:
        """The texts on the screen that have a colour, by row."""
        found = set()
        for line in self.screen.buffer.values():
            cells: list[Any] = [line[column] for column in range(self.screen.columns)]
            text = "".join(cell.data for cell in cells if cell.fg != "default").strip()
            if text:
                found.add(text)
        return found

    # ------------------------------------------------------------------ what the person does

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def wait(self, seen: Callable[[Terminal], bool]) -> None:
        """Look at the screen until something is to be seen there."""
        deadline = time.monotonic() + PATIENCE
        while not seen(self):
            left = deadline - time.monotonic()
            assert left > 0, f"it never came; the screen is\n{self.text}"
            if select.select([self._master], [], [], left)[0]:
                try:
                    data = os.read(self._master, 65_536)
                except OSError:  # the program has ended
                    data = b""
                assert data or seen(self), f"the program ended; the screen is\n{self.text}"
                self._stream.feed(self._decoder.decode(data))

    def prompted(self) -> bool:
        """The program waits for a line."""
        return bool(self.rows) and self.rows[-1].endswith(" >")

    def enter(self, line: str) -> None:
        """Type a line and wait for the answer."""
        self.wait(Terminal.prompted)
        self.type(line)
        self.wait(
            lambda one: line.endswith(one.rows[-1][-20:].split("> ")[-1]) and not one.prompted()
        )
        self.type("\r")
        self.wait(Terminal.prompted)

    def ended(self) -> int:
        """The exit code, when the program has ended."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if not os.read(self._master, 65_536):
                    break
            except OSError:
                break
        return self.process.wait(PATIENCE)
