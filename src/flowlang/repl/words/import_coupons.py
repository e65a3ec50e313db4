"""`import coupons "early-bird" A1 A2`"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flowlang.repl import saying
from flowlang.repl.script import Wrong, quoted
from flowlang.repl.session import Session
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word
from flowlang.speech import tr
from flowlang.syntax.values import string

_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s,"]+')


class ImportCoupons(Word):
    """Adds codes to a coupon list."""

    names = (("en", "import coupons"), ("de", "importiere gutscheine"))
    usage = (tr('import coupons "early-bird" A1 A2'),)
    topic = "what happens"

    def do(self, session: Session, rest: str) -> Told:
        parts = [part if part[0] == '"' else quoted(part) for part in _PART.findall(rest)]
        if len(parts) < 2:
            raise Wrong(
                tr("a list and its codes are asked for"), tr("write `{text}`", text=self.usage[0])
            )
        text = f"{session.tongue.word('_IMPORT_COUPONS')} {parts[0]} {', '.join(parts[1:])}"
        before = len(session.stage.decisions)
        session.perform(session.read(session.at(text)))
        told = saying.happened(session, before)
        left = session.stage.play.world.pool(string(parts[0])).left
        return [*told, row(f"  {parts[0]}: ", tr("{count:,} left", count=left))]

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        if not rest.count('"') > 1:
            yield from (quoted(name) for name in session.program.names.coupons)


WORD = ImportCoupons()
