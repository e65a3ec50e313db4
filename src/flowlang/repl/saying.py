"""What is said in the language: an action happens now, a line of a test as it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flowlang.kinds import in_words
from flowlang.repl import actions, word
from flowlang.repl.script import Line, Wrong, plain
from flowlang.repl.session import Session
from flowlang.repl.told import Row, Told, row
from flowlang.repl.typed import oddities, sound
from flowlang.source import did_you_mean
from flowlang.speech import tr
from flowlang.syntax import keywords
from flowlang.syntax.scripts import GivenContact

EXPECT = "_EXPECT"
SCRIPT = tuple(one.terminal for one in actions.LINES if one.terminal != EXPECT)
"""What a line of a test begins with; every other line is an action, which happens now."""
ACTIONS = tuple(one.terminal for one in actions.ACTIONS)
"""What an action begins with."""


def enter(session: Session, text: str) -> Told:
    """What an entry leads to: a word of the session, or something said in the language.

    Raises Wrong, and the session stays as it was.
    """
    text = text.strip()
    if not text or text.startswith("#"):
        return []
    if not plain(text):
        raise Wrong(tr("there is a character in this that cannot be shown"))
    found = word.find(text, session.tongue.words.code)
    if found is not None:
        return found[0].do(session, found[1])
    _known(session, text)
    return say(session, text)


def say(session: Session, text: str) -> Told:
    """Let something happen that is said in the language."""
    before = len(session.stage.decisions)
    lines = lines_of(session, text)
    sound(session, lines)
    session.perform(lines)
    told = happened(session, before) + oddities(lines)
    acts = any(getattr(line.node, "action", None) is not None for line in lines)
    if not told and any(isinstance(line.node, GivenContact) for line in lines):
        return [stands(session)]
    return told or ([row("  ", ("dim", tr("nothing changed")))] if acts else [])


def lines_of(session: Session, text: str) -> list[Line]:
    """The lines that a text means: those of a test as they stand, an action at this moment."""
    if begins(session, text, *SCRIPT) or (begins(session, text, EXPECT) and session.stage.begun):
        return session.read(text)
    if begins(session, text, EXPECT):
        return [*session.read(session.at()), *session.read(text)]
    return session.read(session.at(text))


def begins(session: Session, text: str, *terminals: str) -> bool:
    """Whether a text begins with one of these words of the language."""
    first = " ".join(text.lower().split())
    forms = (form for terminal in terminals for form in session.tongue.words.forms(terminal))
    return any(re.match(re.escape(form) + r"(?![\w-])", first) for form in forms)


def _known(session: Session, text: str) -> None:
    """Raise Wrong where a text begins with no word at all, with a guess at what was meant."""
    if begins(session, text, *SCRIPT, EXPECT, *ACTIONS):
        return
    alone = word.alone(text, session.tongue.words.code)
    if alone is not None:
        raise Wrong(tr("nothing can stand behind `{alone}`", alone=alone))
    first = re.match(r"[^\W\d_][\w-]*|\S+", text)
    assert first is not None
    typed = first[0]
    if keywords.first_word(typed).lower() in keywords.union().phrases:
        return
    language = session.tongue.words.code
    names = [phrase for one in word.words() for phrase in one.phrases(language)]
    names += [form for one in ACTIONS for form in sorted(session.tongue.words.forms(one))]
    hint = did_you_mean(typed, names)
    if typed in session.program.names.fields:
        set_word, to = session.tongue.word("_SET"), session.tongue.word("_SET_TO")
        raise Wrong(
            tr("`{typed}` is a field", typed=typed),
            tr(
                "write `{set} {typed} {to} …` or `? {text}`",
                set=set_word,
                typed=typed,
                to=to,
                text=text,
            ),
        )
    raise Wrong(
        tr("there is no word `{typed}`", typed=typed),
        hint if hint.startswith("did") else tr("try `help`"),
    )


# ---------------------------------------------------------------------- what came of it


def happened(session: Session, before: int) -> Told:
    """What was decided since there were so many decisions, and what people were told."""
    stage = session.stage
    teller = session.teller(several=len(stage.contacts) > 1)
    return teller.timeline(stage.decisions[before:], stage.notices())


def stands(session: Session) -> Row:
    """The contact that is meant, with its fields: it stands there."""
    contact = session.contact()
    zone = session.program.config.timezone
    fields = [f"{name} {in_words(value, zone)}" for name, value in contact.fields.items()]
    return row("  ", ("strong", contact.id), f"  {', '.join(fields)}", hang=4)


def stopped(session: Session, lines: Sequence[Line], wrong: Wrong) -> Told:
    """How far lines went that were replayed, and what is wrong with the next one."""
    done = len(session.state.lines)
    told = [row("  ", ("bad", wrong.in_(session.language)[0]), hang=4)]
    if done == len(lines):
        return told
    line = lines[done].text.partition("\n")[0]
    return [row("  ", tr("up to here; then `{line}`", line=line), hang=4), *told]
