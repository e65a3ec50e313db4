"""`coupons`"""

from __future__ import annotations

from flowlang.repl.session import Session
from flowlang.repl.told import Told, padded, row
from flowlang.repl.word import Word
from flowlang.reports.text import columns
from flowlang.speech import joined, tr


class Coupons(Word):
    """Shows the coupon lists, and who got which code."""

    names = (("en", "coupons"), ("de", "gutscheine"))
    usage = ("coupons",)
    topic = "looking"

    def takes(self, rest: str) -> bool:
        return not rest

    def do(self, session: Session, rest: str) -> Told:
        world, teller = session.stage.play.world, session.teller()
        lists = session.program.names.coupons
        width = max((columns(name) for name in lists), default=0)
        told: Told = []
        for name, coupons in lists.items():
            pool = world.pool(name)
            count = tr("{left:,} left, {used:,} used", left=pool.left, used=pool.used)
            if pool.fallback:
                instead = tr("{count:,} text instead", count=pool.fallback)
                count = joined((count, instead))
            empty = _when_empty(session, coupons.text, coupons.when_empty)
            told.append(
                row(f"  {padded(name, width)}  ", count, "  ", ("dim", empty), hang=width + 4)
            )
            for code, contact, message, at in pool.taken:
                told.append(
                    row(("dim", f"    {teller.clock(at)}"), f'  {code}  {contact}  "{message}"')
                )
        return told or [row("  ", tr("there is no coupon list"))]


def _when_empty(session: Session, text: str, otherwise: str) -> str:
    """What happens when a list is empty, in words of the language."""
    words = session.tongue.words
    head = words.word("_WHEN_EMPTY")
    if text:
        return f'{head} {words.word("SHOW")} "{text}"'
    return f"{head} {words.word(otherwise.upper())}"


WORD = Coupons()
