"""Words that nothing is guessed of: those that flow does not have, and keywords that break off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowlang.syntax import diagnostics as d
from flowlang.syntax import wording
from flowlang.syntax.lexeme import Line

if TYPE_CHECKING:
    from flowlang.syntax.parser import Parser
    from flowlang.syntax.reader import Failure

MAX_WORDS = 4
"""Of a keyword that flow does not have, and of one that is known to mean another."""


def explained(parser: Parser, line: Line, failure: Failure) -> bool:
    """Say what to do instead of a word that flow does not have; False where there is none such."""
    words, lexemes = parser.words, line.lexemes
    if _explained_in_line(parser, line, failure):
        return True
    indices = range(failure.at, max(failure.at - 3, -1), -1)
    for length in range(MAX_WORDS, 0, -1):
        for index in indices:
            some = lexemes[index : index + length]
            spelt = " ".join(one.text.lower() for one in some)
            if len(some) < length or index + length < failure.at:
                continue
            if length > 1 and spelt in words.mistaken:
                return False  # it is known what the words mean together
            if spelt in words.explained:
                start, end = some[0].start, some[-1].end
                shown = wording.found(some[0]._replace(text=parser.text[start:end]))
                what = words.say("not-expected-alone", found=shown)
                parser.report(d.UNEXPECTED, start, end, what=what, hint=words.explained[spelt])
                return True
    return False


def _explained_in_line(parser: Parser, line: Line, failure: Failure) -> bool:
    """The same of a word that is wrong in lines that begin in a certain way: `send … at`."""
    words, lexemes = parser.words, line.lexemes
    if not 0 < failure.at < len(lexemes):
        return False
    word = lexemes[failure.at]
    hint = words.explained.get(f"{lexemes[0].text.lower()} … {word.text.lower()}", "")
    if hint:
        what = words.say("not-expected-alone", found=wording.found(word))
        parser.report(d.UNEXPECTED, word.start, word.end, what=what, hint=hint)
    return bool(hint)


def begun(parser: Parser, line: Line, failure: Failure) -> bool:
    """Report a keyword of several words that ends with its line, and what would follow it."""
    words, lexemes = parser.words, line.lexemes
    for index, stack in ((failure.at, failure.stack), (failure.before_index, failure.before)):
        spelt = " ".join(one.text.lower() for one in lexemes[index:])
        for phrase in words.phrases.get(lexemes[index].text.lower(), ()) if spelt else ():
            begins = " " in spelt and phrase.text.startswith(f"{spelt} ")
            if begins and parser.machine.can_shift(stack, phrase.terminal):
                rest = phrase.text[len(spelt) + 1 :]
                parser.report(d.MISSING_WORD, line.end, line.end, what=f"`{rest} …`")
                return True
    return False
