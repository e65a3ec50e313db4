"""The Robinson list: addresses that get no marketing, one a line or in a column of a CSV file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from flowlang.check.names import MAX_NAME
from flowlang.intake.cells import CONTROL
from flowlang.intake.column import ColumnRows, read_column
from flowlang.intake.problem import shown
from flowlang.kinds import BadValue
from flowlang.speech import forms, tr

HEADERS = frozenset({
    "email", "e-mail", "mail", "email address", "e-mail address", "email_address", "address",
    "adresse", "e-mail-adresse", "emailadresse", "mobile", "phone", "mobil", "telefon",
})  # fmt: skip
"""Words that head the column of addresses."""

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_PHONE = re.compile(r"\+?[\d ()/.-]*\d[\d ()/.-]*")


@dataclass(frozen=True, slots=True)
class AddressRows(ColumnRows):
    """What a list gave."""

    NOUN = forms("{count:,} address", "{count:,} addresses")

    @property
    def addresses(self) -> tuple[str, ...]:
        """Each once, in the order of the file; e-mail addresses in lower case."""
        return self.values


def read_addresses(name: Path | str, data: bytes) -> AddressRows:
    """The addresses in the bytes of a file; what is wrong is in the result, never raised."""
    return read_column(AddressRows, str(name), data, HEADERS, _address)


def _address(raw: str) -> str:
    address = raw.strip()
    if len(address) <= MAX_NAME and not CONTROL.search(address):
        if _EMAIL.fullmatch(address):
            return address.lower()
        if _PHONE.fullmatch(address):
            return address
    raise BadValue(
        tr('expected an e-mail address or a mobile number, got "{text}"', text=shown(address))
    )
