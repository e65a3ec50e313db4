"""The Robinson list: addresses that get no marketing, one a line or in a column of a CSV file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from flowlang.intake.cells import CONTROL, MAX_NAME
from flowlang.intake.column import read_column
from flowlang.intake.problem import Problem, shown
from flowlang.intake.report import counted, summary_lines
from flowlang.kinds import BadValue

HEADERS = frozenset({
    "email", "e-mail", "mail", "email address", "e-mail address", "email_address", "address",
    "adresse", "e-mail-adresse", "emailadresse", "mobile", "phone", "mobil", "telefon",
})  # fmt: skip
"""Words that head the column of addresses."""

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_PHONE = re.compile(r"\+?[\d ()/.-]*\d[\d ()/.-]*")


@dataclass(frozen=True, slots=True)
class AddressRows:
    """What a list gave.  `read` is always the addresses + `duplicates` + `left_out`."""

    name: str
    addresses: tuple[str, ...]
    """Each once, in the order of the file; e-mail addresses in lower case."""
    read: int
    duplicates: int
    blanks: int
    left_out: int
    problems: tuple[Problem, ...]
    encoding: str = ""

    def summary(self) -> list[str]:
        """Lines for a person: the counts, the encoding if it is not UTF-8, the first problems."""
        counts = (
            f"{counted(self.read, 'address', 'addresses')} read, {len(self.addresses):,} taken, "
            f"{self.duplicates:,} twice in the file, {self.left_out:,} left out"
        )
        return summary_lines(self.name, counts, self.encoding, self.problems)


def read_addresses(name: Path | str, data: bytes) -> AddressRows:
    """The addresses in the bytes of a file; what is wrong is in the result, never raised."""
    found = read_column(str(name), data, HEADERS, _address)
    return AddressRows(
        str(name),
        tuple(found.values),
        found.read,
        found.duplicates,
        found.blanks,
        found.left_out,
        tuple(found.problems),
        found.encoding,
    )


def _address(raw: str) -> str:
    address = raw.strip()
    if len(address) <= MAX_NAME and not CONTROL.search(address):
        if _EMAIL.fullmatch(address):
            return address.lower()
        if _PHONE.fullmatch(address):
            return address
    raise BadValue(f'expected an e-mail address or a mobile number, got "{shown(address)}"')
