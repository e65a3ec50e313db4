"""What is said in the language: an action happens now, a line of a test as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from flowlang.kinds import Fields
from flowlang.repl import word
from flowlang.repl.script import Line, Wrong, quoted
from flowlang.repl.session import Session
from flowlang.repl.telling import Teller
from flowlang.repl.told import Told, row
from flowlang.source import did_you_mean
from flowlang.syntax import keywords

SCRIPT = ("_AT", "_AFTER", "_GIVEN_CONTACT", "_GIVEN_COUPONS", "_GIVEN_CALL", "_GIVEN_EVENT")
"""What a line of a test begins with; every other line is an action, which happens now."""
EXPECT = "_EXPECT"
ACTIONS = (
    "_TAG", "_UNTAG", "_SET", "_CLEAR", "_JOIN_GROUP", "_LEAVE_GROUP", "_GRANT_MARKETING_BY",
    "_WITHDRAW_MARKETING_BY", "_BLOCK", "_UNBLOCK", "_ADD", "_REMOVE", "_EVENT",
    "_START_CAMPAIGN", "_STOP_CAMPAIGN", "_DELETE_CONTACT", "DELIVERY_EVENT", "SYSTEM_EVENT",
    "_IMPORT_COUPONS", "_RESUME", "_RUN_AUTOMATION", "_MERGE_CONTACT",
)  # fmt: skip
"""What an action begins with."""

_PAIR = re.compile(
    r"""(?P<name>[^\W\d_][\w-]*)\s*=\s*
    (?P<value>"(?:[^"\\]|\\.)*"|\d{4}-\d\d?-\d\d?[ ]+\d\d?:\d\d|[^\s,()"]+)""",
    re.VERBOSE,
)
_SKIP = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)')
_WRITTEN_OUT = re.compile(r"-?\d+(\.\d+)?%?|\d{4}-\d\d?-\d\d?( +\d\d?:\d\d)?|\d\d?:\d\d")


def enter(session: Session, text: str) -> Told:
    """What an entry leads to: a word of the session, or something said in the language.

    Raises Wrong, and the session stays as it was.
    """
    text = text.strip()
    if not text or text.startswith("#"):
        return []
    found = word.find(text, session.tongue.words.code)
    if found is not None:
        return found[0].do(session, found[1])
    _known(session, text)
    return say(session, text)


def say(session: Session, text: str) -> Told:
    """Let something happen that is said in the language."""
    before = len(session.stage.decisions)
    lines = lines_of(session, text)
    session.perform(lines)
    told = happened(session, before)
    acts = any(getattr(line.node, "action", None) is not None for line in lines)
    return told or ([row(("dim", "  nothing changed"))] if acts else [])


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
        raise Wrong(f"nothing can stand behind `{alone}`")
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
        raise Wrong(f"`{typed}` is a field", f"write `{set_word} {typed} {to} …` or `? {text}`")
    raise Wrong(f"there is no word `{typed}`", hint if hint.startswith("did") else "try `help`")


# ---------------------------------------------------------------------- what came of it


def happened(session: Session, before: int) -> Told:
    """What was decided since there were so many decisions, and what people were told."""
    stage = session.stage
    teller = Teller(session.program, several=len(stage.contacts) > 1)
    return teller.timeline(stage.decisions[before:], stage.notices())


def stopped(session: Session, lines: Sequence[Line], wrong: Wrong) -> Told:
    """How far lines went that were replayed, and what is wrong with the next one."""
    done = len(session.state.lines)
    told = [row("  ", ("bad", wrong.message), hang=4)]
    if done == len(lines):
        return told
    return [row("  up to here; then `", lines[done].text.partition("\n")[0], "`", hang=4), *told]


# ---------------------------------------------------------------------- field=value


def pairs(text: str) -> Iterator[tuple[str, str, str]]:
    """The parts of a text: what stands before a pair `name=value`, its name and its value; at the
    end what is left, with an empty name.
    """
    at = begin = 0
    while at < len(text):
        skipped = _SKIP.match(text, at)
        if skipped is not None:
            at = skipped.end()
            continue
        found = _PAIR.match(text, at) if at == 0 or not text[at - 1].isalnum() else None
        if found is None:
            at += 1
            continue
        yield text[begin : found.start()], found["name"], found["value"]
        at = begin = found.end()
    yield text[begin:], "", ""


def literal(value: str, name: str, fields: Fields, yes_no: Callable[[str], str | None]) -> str:
    """A value that was typed without quotes, as the language writes it."""
    if value.startswith('"'):
        return value
    kind = fields.get(name)
    if kind is None:
        return value if _WRITTEN_OUT.fullmatch(value) else quoted(value)
    if kind.name == "yes/no":
        return yes_no(value) or value
    if kind.is_text:
        return quoted(value)
    return value


def yes_no(session: Session) -> Callable[[str], str | None]:
    """Reads yes and no in the words of the session and in those of data."""
    words = session.tongue.words

    def read(value: str) -> str | None:
        lower = value.casefold()
        if lower in ("yes", "true", "ja") or lower in words.forms("_YES"):
            return words.word("_YES")
        if lower in ("no", "false", "nein") or lower in words.forms("_NO"):
            return words.word("_NO")
        return None

    return read
