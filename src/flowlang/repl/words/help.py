"""`help`, `help why`"""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc

from flowlang.repl import word
from flowlang.repl.actions import ACTIONS, LINES, Action, example
from flowlang.repl.script import Wrong
from flowlang.repl.session import Session
from flowlang.repl.told import Told, padded, row, rows
from flowlang.repl.word import TOPICS, Word
from flowlang.reports.text import columns
from flowlang.source import did_you_mean
from flowlang.speech import tr
from flowlang.syntax.keywords import Keywords


class Help(Word):
    """Lists the words, or says more about one."""

    names = (("en", "help"), ("de", "hilfe"))
    usage = ("help", "help why")
    topic = "the session"

    def do(self, session: Session, rest: str) -> Told:
        return _one(session, rest) if rest else _all(session)

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        yield from (one.phrases(session.tongue.words.code)[0] for one in word.words())
        yield from (session.tongue.word(one.terminal) for one in (*ACTIONS, *LINES))


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
    lines = ", ".join(f"`{words.word(one.terminal)}`" for one in LINES)
    told += [
        row(("strong", "actions of a test, which happen now")),
        *(row(f"  {example(one, words)}", hang=6) for one in ACTIONS),
        row(f"Lines of a test work as they stand: {lines}. `help tag` says more about one."),
    ]
    return told


def _one(session: Session, name: str) -> Told:
    words = session.tongue.words
    found = word.find(name, words.code)
    action = next((one for one in (*ACTIONS, *LINES) if _is(name, one, words)), None)
    if action is not None and (found is None or found[1]):
        return _action(action, words)
    if found is None:
        known = [phrase for one in word.words() for phrase in one.phrases(words.code)]
        known += [words.word(one.terminal) for one in (*ACTIONS, *LINES)]
        raise Wrong(tr("there is no word `{name}`", name=name), did_you_mean(name, known))
    one = found[0]
    text = " ".join(cleandoc(one.__doc__ or "").split("\n"))
    told = rows("\n".join(part.strip() for part in text.split("  ")), indent=2)
    told += [row(), *(row(("strong", f"  {usage}")) for usage in one.usage)]
    return [*told, *(_action(action, words)[1:] if action is not None else [])]


def _is(name: str, action: Action, words: Keywords) -> bool:
    said = " ".join(name.casefold().split())
    forms = words.forms(action.terminal)
    return said in forms or any(form.startswith(f"{said} ") for form in forms)


def _action(action: Action, words: Keywords) -> Told:
    return [*rows(action.help, indent=2), row(), row(("strong", f"  {example(action, words)}"))]


def _summary(one: Word) -> str:
    """The first sentence of a word's help."""
    text = " ".join(cleandoc(one.__doc__ or "").split("\n\n")[0].split())
    return text.rstrip(".")


WORD = Help()
