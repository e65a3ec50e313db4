"""What holds for any edit of any campaign: nobody is lost, and nothing is sent to anyone twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from flowlang import workspace
from flowlang.engine.admission import as_text
from flowlang.engine.applying import named
from flowlang.engine.moves import Answer, Fate
from flowlang.engine.planning import apply, look, plan
from flowlang.engine.version import Version, applied
from flowlang.engine.worker import Worker
from flowlang.program.program import Program
from flowlang.stores import open_store
from flowlang.stores.rows import ArrivalRow
from flowlang.stores.store import Store
from tests.engine.applied import begin

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NAMES = ("A", "B", "C", "D", "E")
MESSAGES = "\n".join(
    f'message "{name}"\n  kind service\n  channel email\n  subject "x"\n  body "x"\n'
    for name in NAMES
)
HEAD = '\ncontact\n  score number\n\ncampaign "Tour"\n  start when tagged "go"\n'
PEOPLE = 4


@st.composite
def campaigns(draw: st.DrawFn) -> str:
    """A campaign that sends each message at most once to anyone, with waits and branches."""
    left = list(draw(st.permutations(NAMES)))

    def block(indent: str, depth: int) -> str:
        lines = []
        for _ in range(draw(st.integers(1, 4))):
            kind = draw(st.sampled_from(("send", "wait", "until", "tag", "if")))
            if kind == "send" and left:
                lines.append(f'{indent}send "{left.pop()}"\n')
            elif kind == "until":
                name = draw(st.sampled_from("xy"))
                lines.append(f'{indent}wait until tagged "{name}" at most 3 days\n')
            elif kind == "tag":
                lines.append(f'{indent}tag "{draw(st.sampled_from("pq"))}"\n')
            elif kind == "if" and depth < 2:
                inner = block(indent + "  ", depth + 1)
                lines.append(f"{indent}if score > {draw(st.integers(0, 3))}\n{inner}")
                if draw(st.booleans()):
                    lines.append(f"{indent}else\n{block(indent + '  ', depth + 1)}")
            else:
                lines.append(f"{indent}wait {draw(st.integers(1, 3))} days\n")
        return "".join(lines)

    return block("  ", 0)


def compiled(steps: str) -> Program:
    found = workspace.load_text(MESSAGES + HEAD + steps)
    assert found.runnable is not None, found.findings.in_order()
    return found.runnable


def sent(store: Store) -> dict[str, list[str]]:
    names = [f"c{one}" for one in range(PEOPLE)]
    found: dict[str, list[str]] = {name: [] for name in names}
    for row in store.sendings(names):
        found[row.contact].append(row.message)
    return found


@settings(max_examples=25, deadline=None)
@given(
    st.lists(campaigns(), min_size=2, max_size=4),
    st.lists(st.integers(0, 4), min_size=4, max_size=4),
    st.sampled_from(("finish", "stay")),
)
def test_edits_lose_nobody_and_send_nothing_twice(
    texts: list[str], days: list[int], fate: Fate
) -> None:
    store = open_store("sqlite:///:memory:", Path())
    program = compiled(texts[0])
    begin(store, program, START)
    for one in range(PEOPLE):
        data = {"fields": {"score": one}, "tags": ("go",)}
        data["fields"] |= {"email": f"c{one}@example.com"}  # type: ignore[operator] # a dictionary
        at = START + one * DAY / 2
        store.append([ArrivalRow(at, f"c{one}", "contact", as_text(data))])
    now, again = START, set[str]()
    for text, pause in zip(texts[1:], days, strict=False):
        now += pause * DAY
        Worker(program, store).run(now)
        base, new = applied(store), compiled(text)
        assert base is not None
        answers = {"Tour": [Answer(None, fate)]}
        found = plan(base, named(Version(), new), program, new, answers)
        look(found, store, now)
        foreseen = found.tallies
        # What one edit takes out and a later one brings back is a new step, and is told before.
        again |= set().union(*(one.again for one in foreseen.values()))
        apply(found, store, now)
        assert (found.tallies, found.stranded) == (foreseen, 0)
        program = new
    Worker(program, store).run(now + 60 * DAY)
    for name, messages in sent(store).items():
        assert {one for one in messages if messages.count(one) > 1} <= again, (name, messages)
    assert {status for _, status, _, _ in store.standing()} <= {"finished"}
    shared = store.shared()
    assert shared.counters["started\x1fTour"] == PEOPLE
    assert shared.counters["finished\x1fTour"] == PEOPLE
    store.close()
