"""The `session` blocks of a document: what is typed behind a prompt, and what it leads to.

`python tests/repl/document.py docs/repl.md` runs them and writes down anew what they show.

All blocks of a document are one session, in a fresh copy of the webinar.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flowlang.repl.saying import enter
from flowlang.repl.script import Wrong
from flowlang.repl.session import Session
from flowlang.repl.telling import Teller
from flowlang.repl.told import row, shown
from tests.repl.sessions import Files

TOP = Path(__file__).parents[2]
BLOCK = re.compile(r"(?<=^```session\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"^\w+(?: \d{4}-\d\d-\d\d \d\d:\d\d)?(?: what if)* > (?P<line>.*)$")
WIDTH = 100
START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def rewritten(text: str) -> str:
    """A document with what its sessions show now."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "webinar"
        shutil.copytree(TOP / "examples" / "webinar", copy)
        with chdir(copy):
            session = Session(Files(Path()), START)
            return BLOCK.sub(lambda block: _played(session, block[0]), text)


def _played(session: Session, block: str) -> str:
    shown_now = ""
    for typed in filter(None, map(PROMPT.match, block.split("\n"))):
        shown_now += f"{_prompt(session)} > {typed['line']}\n"
        try:
            told = enter(session, typed["line"])
        except Wrong as wrong:
            told = [row(wrong.message), *([row(f"  {wrong.hint}")] if wrong.hint else [])]
        shown_now += shown(told, color=False, width=WIDTH)
    return shown_now


def _prompt(session: Session) -> str:
    clock = f" {Teller(session.program).clock(session.now)}" if session.stage.begun else ""
    return f"{session.whom or 'flow'}{clock}{' what if' * len(session.state.branches)}"


if __name__ == "__main__":
    os.environ.pop("FLOW_NOW", None)
    for name in sys.argv[1:]:
        document = Path(name).resolve()
        document.write_text(rewritten(document.read_text(encoding="utf-8")), encoding="utf-8")
