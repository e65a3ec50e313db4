"""Coupon codes from a TXT (one a line) or CSV file; both give the same list."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flowlang.intake.cells import CONTROL, MAX_NAME
from flowlang.intake.column import FOUND, Layout, read_column
from flowlang.intake.problem import Problem
from flowlang.intake.report import counted, summary_lines
from flowlang.kinds import BadValue

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
class CodeRows:
    """What a file of codes gave.  `read` is always the codes + `duplicates` + `left_out`."""

    name: str
    codes: tuple[str, ...]
    """Each code once, in the order of the file, which is the order they go out in."""
    read: int
    duplicates: int
    """Codes that stood in this file already."""
    blanks: int
    left_out: int
    problems: tuple[Problem, ...]
    encoding: str = ""

    def skipped(self, new: int) -> dict[str, int]:
        """Why so many of the codes were not `new` to a list: how many, by reason."""
        found = {
            "known": len(self.codes) - new,
            "twice in the file": self.duplicates,
            "left out": self.left_out,
        }
        return {reason: count for reason, count in found.items() if count}

    def summary(self) -> list[str]:
        """Lines for a person: the counts, the encoding if it is not UTF-8, the first problems."""
        counts = (
            f"{counted(self.read, 'code', 'codes')} read, {len(self.codes):,} taken, "
            f"{self.duplicates:,} twice in the file, {self.left_out:,} left out"
        )
        return summary_lines(self.name, counts, self.encoding, self.problems)


def read_codes(name: Path | str, data: bytes, layout: Layout = FOUND) -> CodeRows:
    """The codes in the bytes of a file; what is wrong with it is in the result, never raised.

    Of several columns none is taken by guess: an amount that went out as a code cannot be recalled.
    """
    found = read_column(str(name), data, HEADERS, read_code, layout, heads="code")
    return CodeRows(
        str(name),
        tuple(found.values),
        found.read,
        found.duplicates,
        found.blanks,
        found.left_out,
        tuple(found.problems),
        found.encoding,
    )


def read_code(raw: str) -> str:
    """A code without outer blanks; blanks inside are part of it.  Raises BadValue."""
    code = raw.strip()
    if not code:
        raise BadValue("the code is empty")
    if len(code) > MAX_NAME:
        raise BadValue(f"the code is longer than {MAX_NAME} characters")
    if not code.isprintable():
        what = "control characters" if CONTROL.search(code) else "characters that cannot be seen"
        raise BadValue(f"the code holds {what}")
    return code
