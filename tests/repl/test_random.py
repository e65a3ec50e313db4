"""Whatever is typed, a session answers, and what was refused has changed nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prompt_toolkit.document import Document

from flowlang.config import Settings
from flowlang.repl.completion import complete
from flowlang.repl.entry import opens, unfinished
from flowlang.repl.prompt import Highlighter
from flowlang.repl.saving import Draft
from flowlang.repl.saying import enter
from flowlang.repl.script import Wrong
from flowlang.repl.session import Session
from flowlang.repl.told import Told, shown
from flowlang.workspace import load_text
from tests.repl.sessions import SHOP, START, Files

TYPED = """
    contact anna bob as tag untag set clear score country due vip first_name to = >= and or not in
    event purchase back_in_stock total order_id items sku price ( ) , 5 99 -3 0 2026-12-01 18:00
    2026-11-25 0001-01-01 9999-12-31 advance next run 2 days 3 hours 100000 years 0 minutes where
    status history inbox coupons vars why what if back undo redo save load reload help ? quit
    import resume grant withdraw marketing by email block unblock join leave group start stop
    campaign delete opened clicked bounced complained unsubscribed at after given expect sent
    skipped waiting until finished tagged for "anna" "bob" "new" "warm" "gone" "split" "Hello"
    "Offer" "Gift" "Welcome" "codes" "gifts" "hot" "Newsletter" A1 A2 "a greeting" yes no today
    happened with where within the last birthday 2000-11-21 add remove qualification name expires
    merge contact into automation "Round" robinson blocked is # \\ " \"\"\" xyz send wait ä ß
    """
WORDS = st.sampled_from(TYPED.split())
LINES = st.one_of(
    st.lists(WORDS, min_size=1, max_size=8).map(" ".join),
    st.text(max_size=30),
    st.sampled_from(
        """
contact anna score=60 country=DE marketing by email
contact bob score=5
contact anna birthday=2000-11-22 vip=yes
at 2026-11-20 10:00 tag "new"
tag "new"
tag "split"
tag "warm"
event purchase total=99 order_id=A1
set score to 70
set due=2026-11-28 12:00
advance 2 days
advance to 2026-12-01 09:00
next
run
where
status
history
inbox
coupons
vars
why
why 3
why "Offer"
why not "Offer"
why not "Gift"
why not "Welcome"
what if
what if tag "warm"
back
undo
undo 5
redo
reload
load "a greeting"
import coupons "codes" A1 A2
resume "Offer"
expect sent "Hello"
? score >= 50 and tagged "new"
? in segment "hot" or purchase happened
as anna
as bob
help
help why
given contact "cleo"\n  score 3
run automation "Round"
delete contact
""".strip().split("\n")
    ),
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    root: Path = tmp_path_factory.mktemp("shop")
    (root / "flow.toml").write_text('timezone = "Europe/Berlin"\n')
    (root / "shop.flow").write_text(SHOP, encoding="utf-8")
    files = Files(root)
    loaded = files.load()
    files.load = lambda: loaded  # type: ignore[method-assign] # read once for all sessions
    files.write = lambda path, text: None  # type: ignore[method-assign] # nothing is to be saved
    return files


SESSIONS = int(os.environ.get("FLOW_RANDOM_SESSIONS", "60"))
"""How many are tried; 5,000 of them are more than 100,000 lines."""


@settings(max_examples=SESSIONS, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(LINES, min_size=10, max_size=40))
def test_no_line_crashes_a_session_or_leaves_it_half_done(files: Files, lines: list[str]) -> None:
    session = Session(files, START)
    for line in lines:
        unfinished(session, line)
        opens(session, line)
        complete(session, line)
        document = Document(line)
        shown_line = Highlighter(session).lex_document(document)
        for number, text in enumerate([*document.lines, ""]):
            assert "".join(part for _, part, *_ in shown_line(number)) == text
        before = _stands(session)
        told, wrong = _entered(session, line)
        for width in (None, 40):
            shown(told, color=True, width=width)
        if wrong is not None:
            assert wrong.message
            assert "\n" not in wrong.message
            if not line.startswith(("undo", "redo")):
                assert _stands(session) == before
        session.over = False


@settings(max_examples=max(10, SESSIONS // 5), suppress_health_check=list(HealthCheck))
@given(lines=st.lists(LINES, min_size=3, max_size=25))
def test_whatever_was_done_can_be_saved_as_a_test_that_passes(
    files: Files, lines: list[str]
) -> None:
    session = Session(files, START)
    for line in lines:
        _entered(session, line)
    if session.stage.begun:
        text = Draft.of(session).text("saved", "en", "en")
        loaded = load_text(f"{SHOP}\n{text}", settings=Settings(timezone="Europe/Berlin"))
        assert loaded.runnable is not None, [one.message for one in loaded.findings.found]
        result = loaded.tests[-1].run(loaded.runnable, {})
        assert result.passed, f"{text}\n{result.message}"


def _entered(session: Session, line: str) -> tuple[Told, Wrong | None]:
    try:
        return enter(session, line), None
    except Wrong as wrong:
        return [], wrong


def _stands(session: Session) -> tuple[object, ...]:
    decisions = [one.entry for one in session.stage.decisions]
    return session.state, session.now, decisions, list(session.stage.contacts)
