"""Workload J: 100,000 contacts over one journey of eight steps, through `flow simulate`.

    python benchmarks/j.py                 # in this process, and through the command
    python benchmarks/j.py --contacts 1000 --rounds 3
    python benchmarks/j.py --write DIR     # the workspace, contacts and events as files, and stop

Every run is held to the published counts; a run that gives others is an error, not a time.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

PUBLISHED = {
    "sent": {"welcome": 93_931, "offer": 33_131, "tips": 60_800, "last-call": 33_131},
    "coupons": {"A": {"used": 30_000, "left": 0, "fallback": 3_131}},
    "tags": {"hot": 30_154, "signup": 14_569},
}
"""For 100,000 contacts."""
STEPS = 988_408
"""For 100,000 contacts: one per tag event, ten statements a round on the hot path, nine else."""
CODES_SUM = 159_903_247
TIMES_SUM = 146_729_181
MODULUS = 1_000_000_007
START = datetime(2026, 1, 1, tzinfo=UTC)

FLOW = """\
contact
  country   one of "DE", "AT", "CH", "FR", "US"
  score     number
  plan      one of "free", "pro"
  birthday  date
  opted_in  yes/no

coupons "A"
  from "codes.txt"
  when empty show "FALLBACK"

message "welcome"
  kind service
  channel email
  subject "Welcome"
  body \"\"\"
    It is good to have you here.
    \"\"\"

message "offer"
  kind marketing
  channel email
  subject "An offer"
  body \"\"\"
    Your code: {{ coupon('A') }}
    \"\"\"

message "tips"
  kind marketing
  channel email
  subject "Tips"
  body \"\"\"
    Three tips for a start.
    \"\"\"

message "last-call"
  kind marketing
  channel email
  subject "Last call"
  body \"\"\"
    Until tonight.
    \"\"\"

campaign "J"
  start when tagged "signup" and opted_in and plan = "free"
  send "welcome"
  wait 1 day
  if score >= 50 and country in ("DE", "AT", "CH")
    tag "hot"
    send "offer"
  else
    wait 2 days
    send "tips"
  wait until 09:00
  if tagged "hot"
    send "last-call"
  untag "signup"
  restart
"""


def h(contact: int, k: int) -> int:
    """The published hash of a contact and a number."""
    x = (7 * 0x9E3779B1 + contact * 0x85EBCA6B + k * 0xC2B2AE35) & 0xFFFFFFFF
    x ^= x >> 16
    x = x * 0x85EBCA6B & 0xFFFFFFFF
    x ^= x >> 13
    x = x * 0xC2B2AE35 & 0xFFFFFFFF
    return x ^ x >> 16


def country(contact: int) -> str:
    """Where a contact lives."""
    found = h(contact, 0) % 20
    bounds = ((8, "DE"), (11, "AT"), (14, "CH"), (17, "FR"))
    return next((name for bound, name in bounds if found < bound), "US")


def contacts(count: int) -> Iterator[str]:
    """The rows of the contacts; who opted in has given consent."""
    yield "id,email,country,score,plan,birthday,opted_in,consent"
    for i in range(count):
        birthday = date(1950, 1, 1) + timedelta(h(i, 3) % 20_000)
        plan = "free" if h(i, 2) % 100 < 90 else "pro"
        opted_in, consent = ("yes", "marketing by email") if h(i, 4) % 100 < 95 else ("no", "")
        known = f"{country(i)},{h(i, 1) % 101},{plan},{birthday},{opted_in}"
        yield f"{i},c{i}@example.com,{known},{consent}"


def events(count: int) -> Iterator[str]:
    """The tags, in order of time."""
    found = [(i, i) for i in range(count)]
    found += [(i + 864_000, i) for i in range(count) if h(i, 5) % 100 < 10]
    for seconds, i in sorted(found):
        at = (START + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        yield json.dumps({"at": at, "contact": str(i), "type": "tag", "tag": "signup"})


def write(folder: Path, count: int) -> None:
    """The workload as files."""
    folder.mkdir(parents=True, exist_ok=True)
    codes = [f"A-{number:06}" for number in range(count * 3 // 10)]
    for name, lines in (
        ("flow.toml", []),
        ("j.flow", [FLOW.rstrip()]),
        ("codes.txt", codes),
        ("contacts.csv", contacts(count)),
        ("events.jsonl", events(count)),
    ):
        (folder / name).write_text("".join(f"{line}\n" for line in lines))


def in_process(folder: Path) -> tuple[dict[str, float], dict[str, Any]]:
    """The seconds of CPU of each part, measured in this process, and the counts."""
    from flowlang import workspace
    from flowlang.cli.codes import of_files
    from flowlang.engine.simulate import Simulation
    from flowlang.intake import schemas
    from flowlang.intake.contacts import read_contacts
    from flowlang.intake.events import read_events

    gc.collect()
    gc.disable()
    program = workspace.load(folder).program
    if program is None:
        raise SystemExit("the campaign does not compile")
    zone = program.config.timezone
    marks = [time.process_time()]
    rows = read_contacts(
        "contacts.csv",
        (folder / "contacts.csv").read_bytes(),
        schemas.contact_schema(program),
        zone,
    )
    marks.append(time.process_time())
    arrivals = read_events(
        (folder / "events.jsonl").read_bytes(), schemas.event_schema(program), zone
    )
    marks.append(time.process_time())
    codes, _ = of_files(program)
    simulation = Simulation(program, START)
    marks.append(time.process_time())
    simulation.run(rows.rows, codes, arrivals.arrivals)
    marks.append(time.process_time())
    counts = simulation.counts()
    marks.append(time.process_time())
    gc.enable()
    parts = ("contacts", "events", "codes", "simulation", "counts")
    return {part: marks[n + 1] - marks[n] for n, part in enumerate(parts)}, counts


def through_command(folder: Path) -> tuple[float, float, float, dict[str, Any]]:
    """Seconds on the clock, seconds of CPU, MiB at the most, and the counts."""
    flow = Path(sys.executable).with_name("flow")
    call: list[str | Path] = [
        flow,
        "simulate",
        folder,
        "--contacts",
        folder / "contacts.csv",
        "--events",
        folder / "events.jsonl",
        "--output-format",
        "json",
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    done = subprocess.run(call, capture_output=True, check=True)
    seconds = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, after.ru_maxrss / 1024, json.loads(done.stdout)


def hold(counts: dict[str, Any], count: int) -> None:
    """Fail where the counts are not the published ones."""
    if count != 100_000:
        return
    for key, published in PUBLISHED.items():
        if counts[key] != published:
            raise SystemExit(f"{key}: {counts[key]}, published {published}")


def hold_sums(folder: Path, count: int) -> None:
    """Fail where a code went to another contact, or a send out at another time, than published."""
    from flowlang import workspace
    from flowlang.cli.codes import of_files
    from flowlang.contact import Entry
    from flowlang.engine.simulate import Simulation
    from flowlang.intake import schemas
    from flowlang.intake.contacts import read_contacts
    from flowlang.intake.events import read_events

    program = workspace.load(folder).program
    if program is None:
        raise SystemExit("the campaign does not compile")
    zone = program.config.timezone
    rows = read_contacts(
        "contacts.csv",
        (folder / "contacts.csv").read_bytes(),
        schemas.contact_schema(program),
        zone,
    )
    arrivals = read_events(
        (folder / "events.jsonl").read_bytes(), schemas.event_schema(program), zone
    )
    codes, _ = of_files(program)
    times = 0

    def record(entry: Entry) -> None:
        nonlocal times
        if entry.what == "sent":
            times += int((entry.at - START).total_seconds())

    simulation = Simulation(program, START, None, record)
    simulation.world.keeps_sends = True
    simulation.run(rows.rows, codes, arrivals.arrivals)
    taken = simulation.world.pool("A").taken
    codes_sum = sum((int(code[2:]) + 1) * (int(contact) + 1) for code, contact, _, _ in taken)
    if count == 100_000 and (codes_sum % MODULUS, times % MODULUS) != (CODES_SUM, TIMES_SUM):
        found = f"{codes_sum % MODULUS} and {times % MODULUS}"
        raise SystemExit(f"sums: {found}, published {CODES_SUM} and {TIMES_SUM}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Workload J through `flow simulate`.")
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--only-in-process", action="store_true")
    given = parser.parse_args()
    if given.write:
        write(given.write, given.contacts)
        return
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores,"
        f" {given.contacts:,} contacts, {given.rounds} rounds, medians of CPU time"
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write(folder, given.contacts)
        steps = STEPS * given.contacts / 100_000
        rounds = []
        for _ in range(given.rounds):
            parts, counts = in_process(folder)
            hold(counts, given.contacts)
            rounds.append(parts)
        for part in rounds[0]:
            print(f"  {part:12} {statistics.median(one[part] for one in rounds):7.2f} s")
        inside = statistics.median(one["simulation"] for one in rounds)
        each = f"{steps / inside:,.0f} steps/s, {given.contacts / inside:,.0f} contacts/s"
        print(f"  simulation: {each}")
        if given.only_in_process:
            return
        hold_sums(folder, given.contacts)
        whole = []
        for _ in range(given.rounds):
            seconds, cpu, memory, counts = through_command(folder)
            hold(counts, given.contacts)
            whole.append((seconds, cpu, memory))
        seconds, cpu, memory = (statistics.median(column) for column in zip(*whole, strict=True))
        print(
            f"  flow simulate {seconds:5.2f} s, {cpu:.2f} s of CPU, {memory:,.0f} MiB:"
            f" {steps / cpu:,.0f} steps/s with start, reading and writing"
        )


if __name__ == "__main__":
    main()
