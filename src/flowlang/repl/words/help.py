"""`help`, `help why`"""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc

from flowlang.repl import word
from flowlang.repl.script import Wrong
from flowlang.repl.session import Session
from flowlang.repl.told import Told, padded, row, rows
from flowlang.repl.word import TOPICS, Word
from flowlang.reports.text import columns
from flowlang.source import did_you_mean


class Help(Word):
    """Lists the words, or says more about one."""

    names = (("en", "help"), ("de", "hilfe"))
    usage = ("help", "help why")
    topic = "the session"

    def do(self, session: Session, rest: str) -> Told:
        return _one(session, rest) if rest else _all(session)

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        return (one.phrases(session.tongue.words.code)[0] for one in word.words())


def _all(session: Session) -> Told:
    language = session.tongue.words.code
    names = {one: one.phrases(language)[0] for one in word.words()}
    width = max(columns(name) for name in names.values())
    told: Told = []
    for topic in TOPICS:
        told.append(row(("strong", topic)))
        for one, name in names.items():
            if one.topic == topic:
                told.append(row(f"  {padded(name, width)}  ", _summary(one), hang=width + 4))
    words = session.tongue.words
    actions = ", ".join(f"`{words.word(one)}`" for one in ("_TAG", "_UNTAG", "_GRANT_MARKETING_BY"))
    told += [
        row(),
        row(f"Every action of a test happens now: {actions}, ... Lines of a test work as they "
            f"stand: `{words.word('_AT')} 2026-12-01 10:00 {words.word('_TAG')} \"x\"`."),
    ]  # fmt: skip
    return told


def _one(session: Session, name: str) -> Told:
    language = session.tongue.words.code
    found = word.find(name, language)
    if found is None:
        known = [phrase for one in word.words() for phrase in one.phrases(language)]
        raise Wrong(f"there is no word `{name}`", did_you_mean(name, known))
    one = found[0]
    text = " ".join(cleandoc(one.__doc__ or "").split("\n"))
    told = rows("\n".join(part.strip() for part in text.split("  ")), indent=2)
    return [*told, row(), *(row(("strong", f"  {usage}")) for usage in one.usage)]


def _summary(one: Word) -> str:
    """The first sentence of a word's help."""
    text = " ".join(cleandoc(one.__doc__ or "").split("\n\n")[0].split())
    return text.rstrip(".")


WORD = Help()
