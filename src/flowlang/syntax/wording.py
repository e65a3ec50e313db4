"""What to say about a line that does not parse: in the words of the language, never the parser's."""

from __future__ import annotations

from difflib import get_close_matches

from flowlang.source import guess
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.lexer import Lexeme

MAX_SHOWN = 6
"""How many of the things that could stand at a place are named."""

_VALUES = {
    "NAME": "a name",
    "REF": "a name",
    "STRING": 'a text in quotes ("…")',
    "BLOCK": 'a text block ("""…""")',
    "NUMBER": "a number",
    "PERCENT": "a share such as 50%",
    "DATE": "a date such as 2026-12-24",
    "DATETIME": "a date and time such as 2026-12-24 18:00",
    "TIME": "a time such as 09:00",
    "COMPARE": "a comparison such as `=` or `>=`",
    "SUM_OP": "`+`",
    "MUL_OP": "`*`",
    "_COMMA": "`,`",
    "_LPAR": "`(`",
    "_RPAR": "`)`",
    "_NL": "the end of the line",
}
_OPERAND = {"NAME", "REF", "STRING", "NUMBER", "_LPAR", "_TODAY"}
_JOINING = {"SUM_OP", "MUL_OP", "_COMMA", "_RPAR", "_AND", "_OR", "COMPARE"}
_SILENT = {"_BAD_LINE", "_BAD_EXPRESSION", "_INDENT", "_DEDENT", "$END"}


def did_you_mean(word: str) -> str:
    return f"did you mean `{word}`?"


def respelled(
    words: Keywords, lexemes: list[Lexeme], places: list[tuple[int, set[str]]]
) -> tuple[list[Lexeme], Lexeme, str] | None:
    """The lexemes with a misspelt keyword put right, what was there, and the word it should be.

    `places` are the indices at which a phrase may begin, each with the terminals that fit there.
    """
    for index, accepted in places:
        typed = lexemes[index : index + 6]
        if not typed or typed[0].kind != "WORD":
            continue
        for length in _lengths(typed):
            spelt = " ".join(lexeme.text.lower() for lexeme in typed[:length])
            if len(spelt) < 3:
                continue
            known = [
                phrase.text
                for some in words.phrases.values()
                for phrase in some
                if phrase.terminal in accepted and len(phrase.text.split()) == length
            ]
            near = get_close_matches(spelt, sorted(set(known)), n=1, cutoff=0.72)
            if near and near[0] != spelt:
                return _put(lexemes, index, length, near[0])
    return None


def _lengths(typed: list[Lexeme]) -> list[int]:
    run = 0
    for lexeme in typed:
        if lexeme.kind != "WORD":
            break
        run += 1
    return list(range(run, 0, -1))


def _put(
    lexemes: list[Lexeme], index: int, length: int, phrase: str
) -> tuple[list[Lexeme], Lexeme, str] | None:
    """Put a phrase in the place of words.  Its words must map one to one onto those typed, for the
    parser matches phrases in the text itself: only the first word is replaced by its right form."""
    typed, right = lexemes[index : index + length], phrase.split()
    wrong = [at for at in range(length) if typed[at].text.lower() != right[at]]
    if not wrong:
        return None
    first, last = wrong[0], wrong[-1]
    shown = " ".join(lexeme.text for lexeme in typed[first : last + 1])
    place = Lexeme("WORD", shown, typed[first].start, typed[last].end)
    mended = list(lexemes)
    mended[index] = Lexeme("PHRASE", phrase, typed[0].start, typed[-1].end)
    return mended, place, " ".join(right[first : last + 1])


def unexpected(
    words: Keywords, lexemes: list[Lexeme], index: int, accepted: set[str], union: Keywords
) -> tuple[str, str]:
    """The sentence about a lexeme that does not fit, and a hint."""
    expected = _expected(words, accepted)
    if index >= len(lexemes):
        return f"the line ends too early: {_listed(expected)} is missing", ""
    lexeme = lexemes[index]
    found = _found(lexeme)
    before = lexemes[index - 1] if index else None
    special = _habit(lexeme, before, accepted)
    if special is not None:
        return special
    hint = ""
    if lexeme.kind == "WORD":
        near = guess(lexeme.text.lower(), _spellings(words, accepted))
        if near is None:
            near = guess(lexeme.text.lower(), _spellings(words, None)) if index == 0 else None
            if near is not None and near.lower() == lexeme.text.lower():
                hint = f"`{near}` cannot stand here"
            elif near is not None:
                hint = did_you_mean(near)
        else:
            hint = did_you_mean(near)
    if not expected:
        return f"{found} is not expected here", hint
    if expected == [_VALUES["_NL"]]:
        return f"{found} is too much: the line could end before it", hint
    return f"{found} is not expected here; {_listed(expected)} could stand here", hint


def _habit(lexeme: Lexeme, before: Lexeme | None, accepted: set[str]) -> tuple[str, str] | None:
    """Wrong habits that are frequent enough for a sentence of their own."""
    if lexeme.kind == "NUMBER" and lexeme.text.startswith("-") and "SUM_OP" in accepted:
        return "a minus between two values has a space on both sides", f"write `- {lexeme.text[1:]}`"
    if lexeme.kind == "=" and before is not None and before.kind == "=":
        return "equality is one `=`", "write `=`"
    if lexeme.kind == "STRING" and "NAME" in accepted and "STRING" not in accepted:
        return f"a name stands here without quotes: {_found(lexeme)}", f"write `{lexeme.text.strip(chr(34))}`"
    if lexeme.kind == "WORD" and "STRING" in accepted and "NAME" not in accepted:
        return f"a text in quotes stands here, not {_found(lexeme)}", f'did you mean `"{lexeme.text}"`?'
    if lexeme.kind == "STRING" and before is not None and before.kind == "STRING":
        return "two texts in a row; one is enough here", ""
    return None


def _found(lexeme: Lexeme) -> str:
    text = lexeme.text.split("\n", 1)[0]
    if len(text) > 40:
        text = text[:37] + "..."
    return f"`{text}`"


def _spellings(words: Keywords, accepted: set[str] | None) -> list[str]:
    return sorted(
        {
            forms[0]
            for (terminal, _), forms in words.spelling.items()
            if accepted is None or terminal in accepted
        }
    )


def _expected(words: Keywords, accepted: set[str]) -> list[str]:
    """What could stand at a place: keywords first, then values, the end of the line last."""
    accepted = accepted - _SILENT
    operand = accepted >= _OPERAND
    if operand:
        accepted = {t for t in accepted if t in _VALUES and t not in _OPERAND and t == "_NL"}
        shown = ["a condition or a value"]
    else:
        shown = []
        keywords = [
            f"`{form[0].removeprefix(', ')}`" if not form[0].startswith(",") else f"`{form[0]}`"
            for (terminal, _), form in words.spelling.items()
            if terminal in accepted
        ]
        shown += sorted(dict.fromkeys(keywords))
    if "_NL" in accepted and len(shown) > MAX_SHOWN:
        accepted = accepted - _JOINING
    shown += [text for terminal, text in _VALUES.items() if terminal in accepted]
    return list(dict.fromkeys(shown))


def _listed(expected: list[str]) -> str:
    if len(expected) > MAX_SHOWN:
        return ", ".join(expected[:MAX_SHOWN]) + f" or one of {len(expected) - MAX_SHOWN} more"
    if len(expected) > 1:
        return ", ".join(expected[:-1]) + " or " + expected[-1]
    return expected[0] if expected else "something"
