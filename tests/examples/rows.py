"""The table of docs/rows.md: each row that users asked for, what shows it, and what tests it.

`python tests/examples/rows.py > docs/rows.md` renews it.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[2]
_FLOW_TEST = re.compile(r'^test "(S\d\.\d+) ')
_PYTEST = re.compile(r"^# (S\d\.\d+(?:, S\d\.\d+)*)$")

HEAD = """\
# What users asked for

Five documents of users stand behind flowlang: how a halted send with coupons is resumed (S1), how
a campaign is restarted (S2), which sends an event sets off (S3), what a system does by itself (S4),
and how someone opts out of marketing (S5). Each row says what one of them asks for, the line of an
example that shows it, and the tests that hold it. The table is made by
`python tests/examples/rows.py`, and a test fails when a row loses its line or its test.
"""

SOURCES = {
    "S1": "Coupons: resume a halted send",
    "S2": "Restart of a campaign",
    "S3": "Sends that an event sets off",
    "S4": "Automation by events",
    "S5": "Opting out of marketing",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was asked for, and the line of an example that shows it."""

    name: str
    asked: str
    example: str
    """A file below `examples`."""
    line: str
    """How that line begins, without its indentation."""


SALE, SERIES, CLUB = "coupon-sale/sale.flow", "webinar-series/reihe.flow", "club/verein.flow"
TRIGGERS, SWITCH = "webinar-series/ausloeser.flow", "webinar-series/mehrfachversand.flow"
DATA = "webinar-series/stammdaten.flow"
CUSTOMERS, SYSTEM = "shop-automation/customers.flow", "shop-automation/system.flow"
PRACTICE = "vet-practice/practice.flow"

ROWS = (
    Row("S1.1", "codes are made elsewhere and loaded as TXT or CSV, more at any time", SALE,
        'from "codes/anniversary.txt"'),
    Row("S1.2", "a code goes to one recipient, once", SALE, 'send "Your codes"'),
    Row("S1.3", "the same list several times in a message shows the same code", SALE,
        "subject \"{{ first_name | default('Hello') }}, your code is {{ coupon('anniversary')"),
    Row("S1.4", "different codes in a message come from different lists", SALE,
        'body file "mails/your-codes.html"'),
    Row("S1.5", "list used up: a text instead, the send goes on", SALE,
        'when empty show "SHIP-WITH-LOVE"'),
    Row("S1.6", "list used up: the send halts, part of the recipients have the message", SALE,
        "when empty halt"),
    Row("S1.7", "it is resumed only when the required number of codes was imported", SALE,
        'coupons "anniversary"'),
    Row("S1.8", "processes by type and status, resume, progress", SALE,
        'automation "A present for the regulars"'),
    Row("S2.1", "restart puts the contact back to the start of its campaign", SERIES,
        'neustart mit tag "webinar vorbei"'),
    Row("S2.2", "a campaign without any mail profits, too", DATA, "neustart"),
    Row("S2.3", "the older switch for several sends works while it is set", SWITCH,
        "läuft erneut"),
    Row("S2.4", "a tag at the restart can start another campaign", SERIES,
        'starte wenn getaggt mit "webinar vorbei"'),
    Row("S2.5", "goals can be jumped to again after a restart", SERIES, 'ziel "Teilgenommen"'),
    Row("S2.6", "without a trigger the start condition is not checked", TRIGGERS,
        'starte wenn getaggt mit "kunde"'),
    Row("S2.7", "a trigger counts five minutes after the restart at the earliest", TRIGGERS,
        "ruhe 1 stunde"),
    Row("S2.8", "the start's tag is removed at once; given again it is the trigger", SERIES,
        'entferne tag "webinar"'),
    Row("S2.9", "every newly given tag is a trigger, not only the start's", TRIGGERS,
        'kampagne "Sprechstunde"'),
    Row("S2.10", "every change of data is one: a date deleted and set again", TRIGGERS,
        "leere demo_termin"),
    Row("S2.11", "who waits for the trigger has an entry in the history", SERIES,
        'kampagne "Webinar"'),
    Row("S3.1", "no contacts are assigned, the event selects them", CLUB,
        "starte bei geburtstag_heute"),
    Row("S3.2", "birthday, but not for five kinds of former members; with consent", CLUB,
        "ereignis geburtstag_heute"),
    Row("S3.3", "a qualification has expired", CLUB, "ereignis qualifikation_abgelaufen"),
    Row("S3.4", "one expires soon, each with a notice period of its own", CLUB,
        "ereignis qualifikation_laeuft_ab"),
    Row("S3.5", "its data as placeholders, only where the event brings them", CLUB,
        "Prüfungslizenz Nr."),
    Row("S3.6", "a mail for a date, for customers whose setting says so", CLUB,
        "ereignis obstkiste_termin"),
    Row("S3.7", "a mail for the first delivery, after the first daily closing", CLUB,
        'kampagne "Erste Lieferung"'),
    Row("S3.8", "the result of such a send is reported, by mail or inside", CLUB,
        'bericht an "ausbildung@example.org"'),
    Row("S4.1", "an automation is an event and a job", SYSTEM, "on import finished"),
    Row("S4.2", "events of the system and of a contact", CUSTOMERS, "start on signed_up"),
    Row("S4.3", "single and mass sends", SYSTEM, 'send "New machines" to group "Customers"'),
    Row("S4.4", "exports, raw data, reports, statistics", SYSTEM, 'export report "campaigns"'),
    Row("S4.5", "import of addresses", SYSTEM, 'import contacts from "in/till.csv"'),
    Row("S4.6", "groups and memberships", SYSTEM, 'add segment "worth a thousand"'),
    Row("S4.7", "coupon lists and pools", SYSTEM, 'refill coupons "machines"'),
    Row("S4.8", "contact (K) and system (S) are kept apart", SYSTEM,
        'automation "First of the month"'),
    Row("S4.9", "a message at once on what a contact does", CUSTOMERS,
        'start on clicked "New machines"'),
    Row("S4.10", "what a contact does is kept in its profile", CUSTOMERS,
        "set total_spent to total_spent + event.total"),
    Row("S4.11", "behaviour moves contacts between groups", CUSTOMERS,
        'join group "Best customers"'),
    Row("S4.12", "a clean list: delete, block, objections", CUSTOMERS, "delete contact"),
    Row("S4.13", "figures after events, mails after imports, reports of both", SYSTEM,
        'automation "Report of each import"'),
    Row("S5.1", "a link in the footer; the request is recorded with the contact", PRACTICE,
        "You do not want such mails? {{ unsubscribe_link }}"),
    Row("S5.2", '"no mails wanted" bars marketing and leaves reminders alone', PRACTICE,
        "kind marketing"),
    Row("S5.3", "texts go to a mobile number only, never to another phone", PRACTICE,
        "other_phone  phone"),
    Row("S5.4", "[NO MAILING] in an address: no marketing, and a warning", PRACTICE,
        "memo         text"),
)  # fmt: skip


def place(row: Row) -> tuple[str, int]:
    """The file and the line that show a row.  Raises LookupError where the line is gone."""
    file = TOP / "examples" / row.example
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith(row.line):
            return f"examples/{row.example}", number
    raise LookupError(f"{row.name}: no line of {row.example} begins with {row.line!r}")


def tests() -> dict[str, list[tuple[str, int]]]:
    """By row, where its tests stand: `test` blocks named after it, Python tests below a comment."""
    found: dict[str, list[tuple[str, int]]] = {}
    files = [
        *TOP.glob("examples/**/*.flow"),
        *TOP.glob("stdlib/*.flow"),
        *TOP.glob("tests/**/*.py"),
    ]
    for file in sorted(files):
        pattern = _PYTEST if file.suffix == ".py" else _FLOW_TEST
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            match = pattern.match(line)
            for name in match[1].split(", ") if match else ():
                found.setdefault(name, []).append((file.relative_to(TOP).as_posix(), number))
    return found


def table() -> str:
    """docs/rows.md."""
    known = tests()
    parts = [HEAD]
    for source, title in SOURCES.items():
        parts.append(
            f"\n## {source}: {title}\n\n| row | asked for | shown | tested |\n|---|---|---|---|\n"
        )
        for row in ROWS:
            if row.name.split(".")[0] == source:
                held = ", ".join(_link(*where) for where in known.get(row.name, ()))
                parts.append(f"| {row.name} | {row.asked} | {_link(*place(row))} | {held} |\n")
    return "".join(parts)


def _link(file: str, line: int) -> str:
    return f"[{'/'.join(file.split('/')[-2:])}:{line}](../{file}#L{line})"


if __name__ == "__main__":
    sys.stdout.write(table())
