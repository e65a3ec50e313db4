"""`coupons`"""

from __future__ import annotations

from flowlang.repl.session import Session
from flowlang.repl.telling import Teller
from flowlang.repl.told import Told, padded, row
from flowlang.repl.word import Word
from flowlang.reports.text import columns


class Coupons(Word):
    """Shows the coupon lists, and who got which code."""

    names = (("en", "coupons"), ("de", "gutscheine"))
    usage = ("coupons",)
    topic = "looking"

    def takes(self, rest: str) -> bool:
        return not rest

    def do(self, session: Session, rest: str) -> Told:
        world, teller = session.stage.play.world, Teller(session.program)
        lists = session.program.names.coupons
        width = max((columns(name) for name in lists), default=0)
        told: Told = []
        for name, coupons in lists.items():
            pool = world.pool(name)
            instead = f", {pool.fallback} text instead" if pool.fallback else ""
            empty = (
                f'when empty show "{coupons.text}"'
                if coupons.text
                else f"when empty {coupons.when_empty}"
            )
            told.append(
                row(
                    f"  {padded(name, width)}  {pool.left} left, {pool.used} used{instead}  ",
                    ("dim", empty), hang=width + 4,
                )
            )  # fmt: skip
            for code, contact, message, at in pool.taken:
                told.append(
                    row(("dim", f"    {teller.clock(at)}"), f'  {code}  {contact}  "{message}"')
                )
        return told or [row("  there is no coupon list")]


WORD = Coupons()
