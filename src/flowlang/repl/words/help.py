"""`help`, `help why`"""

from __future__ import annotations

from collections.abc import Iterable

from flowlang.repl import word
from flowlang.repl.actions import ACTIONS, LINES, Action, example
from flowlang.repl.script import Wrong
from flowlang.repl.session import Session
from flowlang.repl.told import Told, padded, row
from flowlang.repl.word import TOPICS, Word, about
from flowlang.reports.text import columns
from flowlang.source import did_you_mean
from flowlang.speech import template, tr
from flowlang.syntax.keywords import Keywords


class Help(Word):
    """Lists the words, or says more about one."""

    names = (("en", "help"), ("de", "hilfe"))
    usage = (
        "help",
        tr("help why"),
    )
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
                summary = _summary(one, language)
                told.append(row(f"  {padded(name, width)}  ", summary, hang=width + 4))
    words = session.tongue.words
    lines = ", ".join(f"`{words.word(one.terminal)}`" for one in LINES)
    told += [
        row(("strong", tr("actions of a test, which happen now"))),
        *(row(f"  {example(one, words)}", hang=6) for one in ACTIONS),
        row(
            tr(
                "Lines of a test work as they stand: {lines}. `help tag` says more about one.",
                lines=lines,
            )
        ),
    ]
    return told


def _one(session: Session, name: str) -> Told:
    words = session.tongue.words
    found = word.find(name, words.code)
    action = next((one for one in (*ACTIONS, *LINES) if _is(name, one, words)), None)
    if action is not None and (found is None or found[1]):
        return _action(action, words)
    if found is None:
        known = [one.phrases(words.code)[0] for one in word.words()]
        known += [words.word(one.terminal) for one in (*ACTIONS, *LINES)]
        raise Wrong(
            tr("there is no word `{name}`", name=name), did_you_mean(name, known, all_at="help")
        )
    one = found[0]
    text = [template(part, words.code) for part in about(one)]
    told = [row("  ", part, hang=2) for part in text]
    told += [row(), *(row("  ", ("strong", usage)) for usage in _usage(one, words.code))]
    return [*told, *(_action(action, words)[1:] if action is not None else [])]


def _usage(one: Word, language: str) -> list[str]:
    """How a word is used; alone it goes by its name in the language."""
    alone = {phrase for code, phrase in one.names if code == "en"}
    return [one.phrases(language)[0] if usage in alone else usage for usage in one.usage]


def _is(name: str, action: Action, words: Keywords) -> bool:
    said = " ".join(name.casefold().split())
    forms = words.forms(action.terminal)
    return said in forms or any(form.startswith(f"{said} ") for form in forms)


def _action(action: Action, words: Keywords) -> Told:
    return [
        row("  ", template(action.help, words.code), hang=2),
        row(),
        row(("strong", f"  {example(action, words)}")),
    ]


def _summary(one: Word, language: str) -> str:
    """The first paragraph of a word's help."""
    return template(about(one)[0], language).rstrip(".")


WORD = Help()
