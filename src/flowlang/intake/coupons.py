"""Coupon codes from a TXT (one a line) or CSV file; both give the same list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flowlang.check.names import MAX_NAME
from flowlang.intake.cells import CONTROL
from flowlang.intake.column import ColumnRows, given_values, read_column
from flowlang.intake.layout import FOUND, Layout
from flowlang.kinds import BadValue
from flowlang.speech import forms, tr

HEADERS = frozenset({
    "code", "codes", "coupon", "coupons", "coupon code", "coupon-code", "coupon_code",
    "couponcode", "voucher", "vouchers", "voucher code", "voucher_code", "promo code",
    "promo_code", "gutschein", "gutscheine", "gutscheincode", "gutschein-code", "gutscheincodes",
    "rabattcode", "aktionscode",
    "coupon codes", "coupon_codes", "voucher-code", "vouchercode", "voucher codes", "promo-code",
    "promocode", "discount code", "discount_code", "discount-code", "discountcode", "gift code",
    "gutschein code", "gutschein_code", "serial", "serials", "serial number", "serial_number",
    "serial no", "serial code", "seriennummer", "seriennummern",
})  # fmt: skip
"""Words that head the column of codes."""


@dataclass(frozen=True, slots=True)
class CodeRows(ColumnRows):
    """What a file of codes gave."""

    NOUN = forms("{count:,} code", "{count:,} codes")

    @property
    def codes(self) -> tuple[str, ...]:
        """Each code once, in the order of the file, which is the order they go out in."""
        return self.values

    def skipped(self, new: int) -> dict[str, int]:
        """Why so many of the codes were not `new` to a list: how many, by reason."""
        found = {
            "known": len(self.codes) - new,
            "twice in the file": self.duplicates,
            "left out": self.left_out,
        }
        return {reason: count for reason, count in found.items() if count}


def read_codes(name: Path | str, data: bytes, layout: Layout = FOUND) -> CodeRows:
    """The codes in the bytes of a file; what is wrong with it is in the result, never raised.

    Of several columns none is taken by guess: an amount that went out as a code cannot be recalled.
    """
    return read_column(CodeRows, str(name), data, HEADERS, read_code, layout, heads="code")


def given_codes(name: str, codes: Sequence[str]) -> CodeRows:
    """The same of codes that come in no file; a problem's line is the place of the code, from 1."""
    return given_values(CodeRows, name, codes, read_code)


def read_code(raw: str) -> str:
    """A code without outer blanks; blanks inside are part of it.  Raises BadValue."""
    code = raw.strip()
    if not code:
        raise BadValue(tr("the code is empty"))
    if len(code) > MAX_NAME:
        raise BadValue(tr("the code is longer than {most} characters", most=MAX_NAME))
    if not code.isprintable():
        what = (
            tr("control characters")
            if CONTROL.search(code)
            else tr("characters that cannot be seen")
        )
        raise BadValue(tr("the code holds {what}", what=what))
    return code
