"""Workers that are killed, and what a store must say after all of them are dead.

    python -m tests.crash.audit --contacts 20000 --kills 300

runs workers over a store and kills them with SIGKILL at random moments, until so many have died;
then one goes through to the end, and every contact, code, letter and count is compared with an
undisturbed run in memory.  Prints what it found, exit code 1 where anything is wrong.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flowlang import workspace
from flowlang.config import Settings
from flowlang.contact import Entry
from flowlang.engine.admission import as_text
from flowlang.engine.timeline import Timeline
from flowlang.engine.worker import Worker
from flowlang.engine.world import World
from flowlang.program.program import Program
from flowlang.stores import Store
from flowlang.stores.rows import ArrivalRow
from tests.crash.killing import Trial
from tests.engine.applied import begin
from tests.engine_cases.sums import wrong_sums

START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=20)
BATCH = 50

CAMPAIGN = """
contact
  score number

coupons "early"
  when empty show "none is left"
  warn below 20

message "welcome"
  kind service
  channel email
  subject "Welcome"
  body "Hello {{ id }}"

message "offer"
  kind marketing
  channel email
  subject "Offer"
  body "Your code is {{ coupon('early') }}."

message "tips"
  kind service
  channel email
  subject "Tips"
  body "Tips for {{ id }}"

event purchase
  total number

event market_day
  every monday at 08:00
  for contacts where tagged "hot"

campaign "Journey"
  start when tagged "signup"
  send "welcome"
  wait 1 day
  if score >= 50
    tag "hot"
    send "offer"
    wait for purchase at most 3 days
    if timed out
      tag "cold"
    else
      set score to 90
  else
    wait 2 days
    send "tips"
  wait until 09:00
  untag "signup"
  restart

campaign "Mondays"
  runs again
  start on market_day
  set score to score + 1
"""


def program() -> Program:
    """The campaign that everybody goes through."""
    found = workspace.load_text(
        CAMPAIGN, settings=Settings(unsubscribe_url="https://example.com/u")
    )
    if found.runnable is None:
        raise SystemExit("\n".join(str(one) for one in found.findings.in_order()))
    return found.runnable


@dataclass(frozen=True, slots=True)
class Came:
    """Something that arrives."""

    at: datetime
    contact: str
    type: str
    data: dict[str, Any]


def story(contacts: int) -> list[Came]:
    """What arrives for so many contacts, in the order of time."""
    found: list[Came] = []
    for number in range(contacts):
        name = f"c{number:06}"
        fields = {"email": f"{name}@example.com", "score": number * 37 % 101}
        came = START + timedelta(seconds=number)
        joined = {"fields": fields, "tags": [], "consent": {"email": number % 20 != 0}}
        found.append(Came(came, name, "contact", joined))
        found.append(Came(came, name, "tag", {"tag": "signup"}))
        if number % 3 == 0:
            at = START + timedelta(days=2, seconds=number)
            found.append(Came(at, name, "event", {"name": "purchase", "data": {"total": 9}}))
        if number % 10 == 0:
            found.append(Came(START + timedelta(days=9), name, "tag", {"tag": "signup"}))
    return sorted(found, key=lambda one: one.at)


def codes(contacts: int) -> list[str]:
    """Fewer codes than are asked for."""
    return [f"EARLY-{number:06}" for number in range(contacts * 3 // 10)]


def prepare(store: Store, contacts: int) -> None:
    """Put all that arrives into a store."""
    store.import_codes("early", codes(contacts), START)
    begin(store, program(), START)
    rows = [ArrivalRow(one.at, one.contact, one.type, as_text(one.data)) for one in story(contacts)]
    store.append(rows)


# ---------------------------------------------------------------------------- the audit


@dataclass(slots=True)
class Told:
    """What was to happen, or has happened."""

    histories: dict[str, list[Entry]] = field(default_factory=dict)
    standing: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By campaign and status."""
    sends: Counter[str] = field(default_factory=Counter)
    notices: list[str] = field(default_factory=list)


def undisturbed(contacts: int) -> Told:
    """What happens where nobody is killed, in memory."""
    told = Told()
    entries: list[Entry] = []
    world = World(program(), writes_letters=True, letters_wait=True, history=entries.append)
    timeline = Timeline(world.program, world)
    world.pool("early").add(tuple(codes(contacts)))
    timeline.begin(START)
    for one in story(contacts):
        timeline.arrive(one.contact, one.type, one.data, one.at)
    timeline.advance(END)
    for entry in entries:
        told.histories.setdefault(entry.contact, []).append(entry)
    for contact in timeline.everyone:
        told.standing.update((run.campaign, run.status) for run in contact.runs.values())
    told.notices = [one.text for one in world.notices]
    told.sends = Counter(one.message for one in world.sent)
    return told


def audit(store: Store, contacts: int) -> Iterator[str]:
    """What is wrong with a store after all went through it; nothing where all is right."""
    expected = undisturbed(contacts)
    names = [f"c{number:06}" for number in range(contacts)]
    entries: dict[str, list[Entry]] = {}
    for start in range(0, contacts, 500):
        for entry in store.entries(names[start : start + 500]):
            entries.setdefault(entry.contact, []).append(entry)
    yield from _histories(expected.histories, entries)
    yield from _codes(store, entries, contacts)
    yield from _letters(store, expected)
    standing: Counter[tuple[str, str]] = Counter()
    for campaign, status, _, count in store.standing():
        standing[campaign, status] += count
    if standing != expected.standing:
        yield f"contacts stand elsewhere: {standing} instead of {expected.standing}"
    left = store.arrivals("pending", 1, END)
    if left:
        yield f"an arrival has not been applied: {left[0]}"
    refused = store.arrivals("refused", 1)
    if refused:
        yield f"an arrival was refused: {refused[0].reason}"
    yield from wrong_sums(store)
    notices = [one.text for one in store.notices(100)]
    if notices != expected.notices:
        yield f"people were told {notices} instead of {expected.notices}"


def _histories(expected: dict[str, list[Entry]], found: dict[str, list[Entry]]) -> Iterator[str]:
    """Who gets a code, and which, is decided by who comes first; all else is the same."""
    for name in sorted(expected.keys() | found.keys()):
        right = [_without_code(one) for one in expected.get(name, ())]
        real = [_without_code(one) for one in found.get(name, ())]
        if right != real:
            both = zip([*right, None], [*real, None], strict=False)
            here = next((one for one in both if one[0] != one[1]), (None, None))
            yield f"{name}: {here[1]} instead of {here[0]}"


def _without_code(entry: Entry) -> Entry:
    words = re.sub(r', (code \S+ of|".*" in place of a code of) "early"', "", entry.because)
    return entry._replace(because=words)


def _codes(store: Store, entries: dict[str, list[Entry]], contacts: int) -> Iterator[str]:
    known, stock = codes(contacts), store.shared().stock["early"]
    out = [
        code
        for story in entries.values()
        for entry in story
        for code in re.findall(r'code (\S+) of "early"', entry.because)
    ]
    twice = [code for code, count in Counter(out).items() if count > 1]
    if twice:
        yield f"codes that went out twice: {twice[:3]}"
    if not set(out) <= set(known):
        yield "a code that nobody imported went out"
    if (stock.used, stock.free) != (len(out), len(known) - len(out)):
        yield f"the stock says {stock}, but {len(out)} codes are in histories"
    free = store.free_codes("early", 0, len(known) + 1)
    if len(free) != stock.free:
        yield f"{len(free)} codes are free, but the stock says {stock.free}"


def _letters(store: Store, expected: Told) -> Iterator[str]:
    letters = [row.letter for row in store.letters(["queued"], 10 * sum(expected.sends.values()))]
    counts = Counter(letter.message for letter in letters)
    if counts != expected.sends:
        yield f"letters in the queue: {counts} instead of {expected.sends}"
    same = Counter((one.contact, one.message, one.at) for one in letters)
    if len(same) != len(letters):
        yield f"queued twice: {same.most_common(1)}"
    for process in store.processes():
        if process.type == "message send" and process.done != counts[process.name]:
            yield f'"{process.name}": {process.done} done, but {counts[process.name]} queued'


def work(store: Store) -> None:
    """What each worker does."""
    Worker(program(), store, batch=BATCH).run(END)


if __name__ == "__main__":
    trial = Trial(prepare, work, audit, contacts=20_000, kills=300, workers=2)
    sys.exit(trial.by_hand(__doc__))
