"""What to say of a line that does not parse: in words of the language, never the parser's."""

from __future__ import annotations

from collections.abc import Iterable

from flowlang.source import guess
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.lexeme import Lexeme

MAX_SHOWN = 12
"""How many of the things that could stand at a place are named."""

_SILENT = {"_BAD_LINE", "_BAD_EXPRESSION", "_INDENT", "_DEDENT", "$END", "SUM_OP", "MUL_OP"}
_OPERAND = {"NAME", "REF", "STRING", "NUMBER", "_LPAR", "_TODAY"}
"""Where all of these fit, a value fits, and so does much else that need not be named."""
_CONDITION = {"_NOT", "_TAGGED"}
_ACTION = {"_RESUME", "_RUN_AUTOMATION"}
"""Where these fit, an action of a test does."""
_COMPARES = {
    "_BETWEEN", "_CONTAINS", "_ENDS_WITH", "_HAPPENED", "_IN", "_MATCHES", "_NOT_IN", "_OF_FIRST",
    "_OF_LAST", "_STARTS_WITH", "UNIT",
}  # fmt: skip
"""What is named by "a comparison" where one fits."""


def listed(shown: Iterable[str], words: Keywords, joining: str = "or") -> str:
    """`a`, `b` or `c`"""
    parts = list(shown)
    if len(parts) > MAX_SHOWN:
        rest = len(parts) - MAX_SHOWN
        parts = [*parts[:MAX_SHOWN], words.say("one-of-more", count=rest)]
    if len(parts) < 2:
        return "".join(parts)
    return words.say(joining, first=", ".join(parts[:-1]), last=parts[-1])


def did_you_mean(words: Keywords, word: str) -> str:
    """The hint with a likely word."""
    return words.say("did-you-mean", word=f"`{word}`")


def found(lexeme: Lexeme) -> str:
    """A lexeme as it is quoted in a sentence."""
    text = lexeme.text.split("\n", 1)[0]
    return f"`{text[:37]}...`" if len(text) > 40 else f"`{text}`"


def expected(words: Keywords, accepted: set[str]) -> list[str]:
    """What could stand at a place: keywords first, then values, the end of the line last."""
    accepted = accepted - _SILENT
    shown: list[str] = []
    if accepted >= _OPERAND:
        shown.append(words.things["CONDITION" if accepted >= _CONDITION else "VALUE"])
        accepted &= {"_NL"}
    if "COMPARE" in accepted and "_IS_SET" in accepted:
        accepted = {t for t in accepted if not t.startswith("_IS_")} - _COMPARES
    elif "UNIT" in accepted and "_AND" in accepted:
        accepted -= {"UNIT"}
    things = {terminal: thing for terminal, thing in words.things.items() if terminal in accepted}
    shown += [
        f"`{forms[0].removeprefix(', ')}`"
        for (terminal, _), forms in words.spelling.items()
        if terminal in accepted and terminal not in things
    ]
    shown += [thing for terminal, thing in things.items() if terminal != "_NL"]
    if "_NL" in things:
        shown.append(things["_NL"])
    return list(dict.fromkeys(shown))


def unexpected(
    words: Keywords, lexemes: list[Lexeme], index: int, accepted: set[str]
) -> tuple[str, str]:
    """The sentence about a lexeme that does not fit, and a hint."""
    could = expected(words, accepted)
    named = listed(could, words)
    if index >= len(lexemes):
        return words.say("ends-early", expected=named or words.things["VALUE"]), ""
    lexeme = lexemes[index]
    shown = found(lexeme)
    hint = ""
    if lexeme.kind == "WORD":
        near = _guessed(words, lexeme.text.lower(), accepted)
        hint = did_you_mean(words, near) if near else ""
    if lexeme.kind == "WORD" and accepted >= _ACTION:
        return words.say("no-action", found=shown), hint
    if not could:
        return words.say("not-expected-alone", found=shown), hint
    if could == [words.things["_NL"]]:
        return words.say("too-much", found=shown), hint
    if len(could) == 1 and lexeme.kind != "WORD":
        return words.say("missing-before", expected=named, found=shown), hint
    return words.say("not-expected", found=shown, expected=named), hint


def _guessed(words: Keywords, typed: str, accepted: set[str]) -> str | None:
    """The keyword that a word most likely means, or is the beginning of."""
    known = spellings(words, accepted)
    near = guess(typed, known)
    if near is None:
        first = [phrase.split()[0] for phrase in known]
        begun = guess(typed, first)
        # `is` begins so many that none of them is likelier than the others.
        near = known[first.index(begun)] if begun and first.count(begun) == 1 else None
    return near


def spellings(words: Keywords, accepted: set[str]) -> list[str]:
    """The keywords of some terminals."""
    return sorted(
        {forms[0] for (terminal, _), forms in words.spelling.items() if terminal in accepted}
    )
