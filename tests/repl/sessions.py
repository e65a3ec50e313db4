"""Sessions in a workspace on disk, without a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from flowlang import workspace
from flowlang.engine.tracing import Asks
from flowlang.intake.contacts import ContactRows, read_contacts
from flowlang.intake.schemas import contact_schema
from flowlang.program.program import Program
from flowlang.repl.pipe import play
from flowlang.repl.script import Wrong
from flowlang.repl.session import Session
from flowlang.repl.stage import Loaded
from flowlang.repl.told import Told, shown

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

SHOP = """\
contact
  first_name  text
  country     one of "DE", "AT", "CH"
  score       number
  vip         yes/no
  due         datetime
  birthday    date
  records qualification
    name     text
    expires  date

event purchase
  order_id  text
  total     number
  items     list of item
    sku    text
    price  number

event birthday_today
  every day at 08:00
  for contacts where anniversary of birthday is today

event back_in_stock
  sku  text
  for each qualification where name = event.sku

segment "hot"
  score >= 50 and country in ("DE", "AT")

group "Newsletter"

coupons "codes"
  when empty halt

coupons "gifts"
  when empty show "GIFT"

message "Hello"
  kind service
  channel email
  subject "Hello {{ first_name | default('you') }}"
  body "Good to have you."

message "Offer"
  kind marketing
  channel email
  subject "Your code"
  body "{{ coupon('codes') }}"

message "Gift"
  kind marketing
  channel email
  subject "A gift"
  body "{{ coupon('gifts') }} for {{ first_name }}"

policy "Decent hours"
  send only between 08:00 and 20:00 on monday to saturday
  send at most 1 marketing message per 7 days, otherwise skip

campaign "Welcome"
  policy "Decent hours"
  start when tagged "new"
  stop when tagged "gone"
  send "Hello"
  wait 2 days
  if in segment "hot"
    send "Offer"
  else if score > 10 or vip
    send "Gift"
  else
    wait until tagged "warm" at most 3 days
    if timed out
      tag "cold"
    else
      send "Gift"
  goal "Bought" when purchase happened
  restart

campaign "Orders"
  runs once per event.order_id
  start on purchase where total > 10
  wait until due
  set score to score + 10
  event purchase total 1

campaign "Race"
  start on birthday_today
  wait at most 2 hours
    for purchase where total > 5
      tag "buyer"
    until score > 90
      tag "rich"
    otherwise
      tag "slow"

campaign "Split"
  start when tagged "split"
  split
    50% "A"
      tag "a"
    50% "B"
      tag "b"
  repeat up to 3 times
    wait 1 hour
  send "Gift"

automation "Round"
  every monday at 07:00
  send "Gift" to segment "hot"

test "a greeting"
  given contact
  at 2026-03-02 10:00 tag "new"
  expect sent "Hello"
"""


class Files:
    """Where the sessions of tests have things from: a folder."""

    def __init__(self, root: Path, files: list[Path] | None = None) -> None:
        self.root = root
        self.files = files

    def load(self) -> Loaded:
        asks = Asks()
        found = workspace.load(self.root, self.files, asks.expressions)
        if found.runnable is None:
            raise Wrong(found.findings.in_order()[0].message)
        return Loaded.of(found, found.runnable, asks, {})

    def contacts(self, path: Path, program: Program) -> ContactRows:
        file = self.root / path
        if not file.is_file():
            raise Wrong(f"{path}: there is no such file")
        schema = contact_schema(program)
        return read_contacts(str(path), file.read_bytes(), schema, program.config.timezone)

    def paths(self, begun: str, suffixes: Sequence[str]) -> list[str]:
        return sorted(one.name for one in self.root.iterdir() if one.suffix in suffixes)

    def write(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")


def session(root: Path, text: str | None = None) -> Session:
    """A session in a folder, with this one file where it is given."""
    if text is not None:
        (root / "flow.toml").write_text('timezone = "Europe/Berlin"\n')
        (root / "shop.flow").write_text(text, encoding="utf-8")
    return Session(Files(root), START)


def said(one: Session, *lines: str) -> str:
    """What lines lead to, refusals among it."""
    told: list[str] = []

    def refuse(number: int, wrong: Wrong) -> None:
        hint = f" ({wrong.hint})" if wrong.hint else ""
        told.append(f"! {wrong.message}{hint}\n{wrong.detail}")

    def tell(rows: Told) -> None:
        told.append(shown(rows, color=False, language=one.language))

    play(one, [line for text in lines for line in text.split("\n")], tell, refuse)
    return "".join(told)
