"""The forecast: a simulation, day by day, as figures, as a table and as a picture."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.forecast.days import Day, Forecast
from flowlang.forecast.plot import plot
from flowlang.forecast.scales import Amounts, Days
from flowlang.forecast.table import table
from flowlang.forecast.words import words
from flowlang.intake.contact_row import ContactRow
from flowlang.intake.events import Arrival
from tests.cli.calling import flow
from tests.cli.calling import workspace as folder

EXAMPLES = Path(__file__).parents[2] / "examples"
SHOP = """\
coupons "gift"
  when empty halt

message "Hello"
  kind service
  channel email
  subject "Hello"
  body "Hello there."

message "Code"
  kind service
  channel email
  subject "{{ coupon('gift') }}"
  body "For you."

campaign "Hello"
  start when tagged "new"
  send "Hello"
  wait 2 days
  send "Code"
"""
CONTACTS = "id,email\n" + "".join(f"c{n},c{n}@example.com\n" for n in range(1, 4))
EVENTS = "".join(
    json.dumps(
        {"at": f"2026-03-0{day}T10:00:00Z", "contact": f"c{day}", "type": "tag", "tag": "new"}
    )
    + "\n"
    for day in (1, 2, 3)
)
CODES = '{"at": "2026-03-01T09:00:00Z", "type": "import coupons", "list": "gift", "codes": ["A"]}\n'
SVG = "{http://www.w3.org/2000/svg}"


def shop(path: Path) -> Path:
    return folder(path / "shop", SHOP, contacts_csv=CONTACTS, events_jsonl=CODES + EVENTS)


def simulate(path: Path, *options: str) -> tuple[int, str, str]:
    files = ("--contacts", "shop/contacts.csv", "--events", "shop/events.jsonl")
    done = flow("simulate", "shop", *files, *options, cwd=path)
    return done.returncode, done.stdout, done.stderr


def day(at: int, sent: dict[str, int], left: int = 0, waiting: int = 0, halted: int = 0) -> Day:
    return Day(date(2026, 3, 1) + timedelta(days=at), sent, {"gift": left}, waiting, halted)


def texts(picture: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314 - our own


# ------------------------------------------------------------------ figures


def test_each_day_with_what_was_sent_what_is_left_and_who_waits(tmp_path: Path) -> None:
    shop(tmp_path)
    _, out, _ = simulate(tmp_path, "--forecast", "--output-format", "json")
    assert json.loads(out)["forecast"] == [
        {"date": "2026-03-01", "sent": {"Hello": 1}, "coupons": {"gift": 1}, "waiting": 1,
         "halted": 0},
        {"date": "2026-03-02", "sent": {"Hello": 1}, "coupons": {"gift": 1}, "waiting": 2,
         "halted": 0},
        {"date": "2026-03-03", "sent": {"Hello": 1, "Code": 1}, "coupons": {"gift": 0},
         "waiting": 2, "halted": 0},
        {"date": "2026-03-04", "sent": {}, "coupons": {"gift": 0}, "waiting": 2, "halted": 1},
        {"date": "2026-03-05", "sent": {}, "coupons": {"gift": 0}, "waiting": 2, "halted": 2},
    ]  # fmt: skip


def test_without_being_asked_nothing_is_different(tmp_path: Path) -> None:
    shop(tmp_path)
    _, plain, _ = simulate(tmp_path, "--output-format", "json")
    _, asked, _ = simulate(tmp_path, "--output-format", "json", "--forecast")
    assert "forecast" not in json.loads(plain)
    assert json.loads(asked).keys() - json.loads(plain).keys() == {"forecast"}
    without = {key: value for key, value in json.loads(asked).items() if key != "forecast"}
    assert without == json.loads(plain)


def test_the_days_add_up_to_the_whole() -> None:
    root = EXAMPLES / "webinar"
    done = flow(
        "simulate", root, "--contacts", root / "contacts.csv", "--events", root / "events.jsonl",
        "--forecast", "--output-format", "json", cwd=root,
    )  # fmt: skip
    data = json.loads(done.stdout)
    total: Counter[str] = Counter()
    for one in data["forecast"]:
        total.update(one["sent"])
    assert total == data["sent"]
    assert data["forecast"][-1]["coupons"]["early-bird"] == data["coupons"]["early-bird"]["left"]
    dates = [date.fromisoformat(one["date"]) for one in data["forecast"]]
    assert dates == [dates[0] + timedelta(days=n) for n in range(len(dates))]


def test_a_day_ends_at_midnight_of_the_workspace_also_when_clocks_change() -> None:
    found = workspace.load_text(SHOP)
    program = found.runnable
    assert program is not None
    from dataclasses import replace
    from zoneinfo import ZoneInfo

    there = replace(program, config=replace(program.config, timezone=ZoneInfo("Europe/Berlin")))
    start = datetime(2026, 3, 28, 22, 59, tzinfo=UTC)  # 23:59 there; the clocks change at night
    forecast = Forecast(there, start, datetime(2026, 3, 30, 21, 59, tzinfo=UTC))
    rows = [ContactRow(2, "a", {"email": "a@example.com"})]
    tag = Arrival(datetime(2026, 3, 29, 21, 59, tzinfo=UTC), "a", "tag", {"tag": "new"})
    forecast.run(rows, {}, [tag])
    days = forecast.finish()
    assert [one.date.day for one in days] == [28, 29, 30]
    assert [one.sent for one in days] == [{}, {"Hello": 1}, {}]


# ------------------------------------------------------------------ the table


def test_the_table_puts_quiet_days_together() -> None:
    days = [day(0, {"A": 1_200}, 9), *(day(n, {}, 9) for n in range(1, 5)), day(5, {"B": 1}, 8, 2)]
    assert table(days, str) == (
        "day                           A  B  gift left  waiting\n"
        "2026-03-01                1,200  0          9        0\n"
        "2026-03-02 to 2026-03-05      0  0          9        0\n"
        "2026-03-06                    0  1          8        2\n"
    )


def test_a_long_name_is_a_number_at_the_head_and_stands_below() -> None:
    long, longer = "Qualifikation läuft ab", "Qualifikation abgelaufen"
    told = table([day(0, {long: 1, "A": 2, longer: 3}, 9)], str)
    assert told == (
        "day         [1]  A  [2]  gift left  waiting\n"
        "2026-03-01    1  2    3          9        0\n"
        "\n"
        "[1] Qualifikation läuft ab\n"
        "[2] Qualifikation abgelaufen\n"
    )


def test_the_table_stands_below_the_counts(tmp_path: Path) -> None:
    shop(tmp_path)
    _, out, _ = simulate(tmp_path, "--forecast")
    assert out.endswith(
        "day         Hello  Code  gift left  waiting  halted\n"
        "2026-03-01      1     0          1        1       0\n"
        "2026-03-02      1     0          1        2       0\n"
        "2026-03-03      1     1          0        2       0\n"
        "2026-03-04      0     0          0        2       1\n"
        "2026-03-05      0     0          0        2       2\n"
    )


# ------------------------------------------------------------------ the picture


def test_the_picture_is_written(tmp_path: Path) -> None:
    shop(tmp_path)
    code, out, _ = simulate(tmp_path, "--plot", "out.svg")
    assert code == 0
    assert "day  " not in out
    picture = (tmp_path / "out.svg").read_text()
    assert "Forecast: shop" in texts(picture)
    assert "4 sent, 1 March 2026 – 5 March 2026" in texts(picture)
    shown = [one.text for one in ET.fromstring(picture).iter(f"{SVG}title")]  # noqa: S314 - our own
    assert "Tuesday, 3 March 2026: Code, 1" in shown


@pytest.mark.parametrize("name", ["out.png", "out", "out.SVGZ", "out.pdf"])
def test_no_other_kind_of_picture(tmp_path: Path, name: str) -> None:
    shop(tmp_path)
    code, out, err = simulate(tmp_path, "--plot", name)
    assert (code, out) == (2, "")
    assert "its name ends in .svg: out.svg" in err
    assert not (tmp_path / name).exists()


def test_german_workspaces_get_german_pictures() -> None:
    picture = plot([day(0, {"A": 1_500, "B": 2}, 3, 2, 1)], "Vorschau: x", words("de"))
    found = texts(picture)
    assert {
        "Versandte Nachrichten je Tag",
        "Wartende Kontakte am Ende des Tages",
        "1. März",
        "davon angehalten",
    } <= {*found}
    assert "1.502 versandt, 1. März 2026" in found


def test_names_are_no_markup() -> None:
    picture = plot([day(0, {'<b> & "x"': 1, "]]>": 1}, 3)], "</svg><script>", words("en"))
    assert '<b> & "x"' in texts(picture)
    assert "<script>" not in picture


@pytest.mark.parametrize("count", [1, 3, 200, 201, 1_000])
@pytest.mark.parametrize("messages", [0, 1, 8, 9])
def test_pictures_of_all_sizes_keep_to_their_frame(count: int, messages: int) -> None:
    names = [f"Message {number}" for number in range(messages)]
    days = [day(n, dict.fromkeys(names, n % 7 + 1), 3_700 - n, n, n // 2) for n in range(count)]
    root = ET.fromstring(plot(days, "t", words("en")))  # noqa: S314 - our own
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for bar in root.iter(f"{SVG}rect"):
        if "x" in bar.attrib:
            x, y = float(bar.attrib["x"]), float(bar.attrib["y"])
            assert 0 <= x <= x + float(bar.attrib["width"]) <= width + 0.02
            assert 0 <= y <= y + float(bar.attrib["height"]) <= height + 0.02
    colors = {bar.attrib["fill"] for bar in root.iter(f"{SVG}rect") if "x" in bar.attrib}
    assert len(colors) >= min(messages, 8)
    shown = texts(plot(days, "t", words("en")))
    assert (f"{messages - 7} other messages" in shown) is (messages > 8)
    assert ("Messages sent per week" in "".join(shown)) is (count > 200)
    assert ("nothing is sent" in shown) is (messages == 0)


@pytest.mark.parametrize(
    ("most", "named"),
    [(0, [0, 1]), (1, [0, 1]), (5, [0, 2, 4, 6]), (416, [0, 200, 400, 600]), (4, [0, 1, 2, 3, 4])],
)
def test_amounts_have_round_lines(most: int, named: list[int]) -> None:
    assert list(Amounts.of(most, 0, 100).named()) == named


def test_days_are_named_as_far_as_there_is_room() -> None:
    first = date(2026, 3, 4)
    week = Days(first, 7, 0, 700, 60, 84)
    assert [at for at, _ in week.named()[0]] == list(range(7))
    quarter = Days(first, 90, 0, 900, 60, 84)
    days, months = quarter.named()
    assert not months
    assert all(one.weekday() == 0 for _, one in days)
    year = Days(first, 365, 0, 900, 60, 84)
    named, months = year.named()
    assert months
    assert all(one.day == 1 for _, one in named)
