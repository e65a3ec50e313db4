"""What reading a text can find: codes FL001 to FL099."""

from flowlang.source import Diagnostic


def _error(code: str, name: str, text: str) -> Diagnostic:
    return Diagnostic(code, name, "error", text)


UNEXPECTED = _error("FL001", "syntax-error", "{what}")
MISSPELLED = _error("FL002", "misspelled-keyword", "`{word}` is no word of flow here")
UNCLOSED_STRING = _error(
    "FL003", "unclosed-text", "this text is not closed: a {quotes} is missing at its end"
)
UNCLOSED_PARENTHESIS = _error("FL004", "unclosed-parenthesis", "this parenthesis is not closed")
WRONG_QUOTES = _error("FL005", "wrong-quotes", 'a text stands in straight double quotes: "…"')
TAB_INDENTATION = _error(
    "FL006", "tab-in-indentation", "a tab in an indentation; use two spaces a level"
)
UNEXPECTED_INDENT = _error(
    "FL007",
    "unexpected-indentation",
    "this line is deeper than the one above, which takes no lines below it",
)
INCONSISTENT_INDENT = _error(
    "FL008",
    "inconsistent-indentation",
    "this line is as deep as none of the lines above that it could belong to",
)
NESTED_TOO_DEEP = _error("FL009", "nested-too-deep", "nested too deep: at most {limit} levels")
LINE_TOO_LONG = _error(
    "FL010", "line-too-long", "this line is too long: at most {limit} words and signs"
)
FILE_TOO_LARGE = _error(
    "FL011", "file-too-large", "the file is too large: at most {limit} characters"
)
BAD_CHARACTER = _error("FL012", "bad-character", "{what}")
MIXED_LANGUAGES = _error(
    "FL013", "mixed-language-keywords", "this is {other}: {words}; this file is in {own}"
)
UNKNOWN_LANGUAGE = _error(
    "FL014", "unknown-language", "there is no language `{code}`; there is {known}"
)
MISSING_BLOCK = _error("FL015", "missing-block", "{what} needs indented lines below it")
NOT_UTF8 = _error("FL016", "not-utf-8", "the file is not UTF-8 text from here on")
RESERVED_NAME = _error(
    "FL017",
    "reserved-name",
    "`{name}` is a word of the language here and cannot be the name of {what}",
)
TOO_MANY_PARENTHESES = _error(
    "FL018", "too-many-parentheses", "too many parentheses or `not` within each other"
)
MISSING_QUOTES = _error("FL019", "missing-quotes", "a text stands in quotes")
MISSING_WORD = _error("FL020", "missing-word", "{what} is missing here")
WORD_TOO_MUCH = _error("FL021", "word-too-much", "`{word}` is too much here")
MISPLACED = _error("FL022", "misplaced-line", "`{word}` cannot stand {where}")
MISSING_SPACE = _error("FL023", "missing-space", "{what}")
WRONG_DATE = _error("FL024", "wrong-date", "a date is written year-month-day, such as 2026-12-24")
WRONG_ORDER = _error("FL025", "wrong-order", "these stand the other way round: `{right}`")
OTHER_LANGUAGE = _error(
    "FL026", "other-language", "this file is in {other}: say so on its first line"
)
