"""What reading a text can find: codes FL001 to FL099."""

from flowlang.source import Diagnostic

UNEXPECTED = Diagnostic("FL001", "syntax-error", "error", "{what}")
MISSPELLED = Diagnostic("FL002", "misspelled-keyword", "error", "`{word}` is no word of flow")
UNCLOSED_STRING = Diagnostic(
    "FL003", "unclosed-text", "error", "this text is not closed: a {quotes} is missing at its end"
)
UNCLOSED_PARENTHESIS = Diagnostic(
    "FL004", "unclosed-parenthesis", "error", "this parenthesis is not closed"
)
TYPOGRAPHIC_QUOTES = Diagnostic(
    "FL005", "typographic-quotes", "error", "typographic quotes do not mark a text; use \" instead"
)
TAB_INDENTATION = Diagnostic(
    "FL006", "tab-in-indentation", "error", "a tab in an indentation; use two spaces a level"
)
UNEXPECTED_INDENT = Diagnostic(
    "FL007", "unexpected-indentation", "error", "this line is deeper than the one above, which takes no lines below it"
)
INCONSISTENT_INDENT = Diagnostic(
    "FL008", "inconsistent-indentation", "error", "this line is as deep as none of the lines above that it could belong to"
)
NESTED_TOO_DEEP = Diagnostic(
    "FL009", "nested-too-deep", "error", "nested too deep: at most {limit} levels"
)
LINE_TOO_LONG = Diagnostic(
    "FL010", "line-too-long", "error", "this line is too long: at most {limit} words and signs"
)
FILE_TOO_LARGE = Diagnostic(
    "FL011", "file-too-large", "error", "the file is too large: at most {limit} characters"
)
BAD_CHARACTER = Diagnostic("FL012", "bad-character", "error", "{what}")
MIXED_LANGUAGES = Diagnostic(
    "FL013", "mixed-language-keywords", "error", "{words} of {other} in a file whose words are {own}"
)
UNKNOWN_LANGUAGE = Diagnostic(
    "FL014", "unknown-language", "error", "there is no language `{code}`; there is {known}"
)
MISSING_BLOCK = Diagnostic(
    "FL015", "missing-block", "error", "{what} needs indented lines below it"
)
NOT_UTF8 = Diagnostic("FL016", "not-utf-8", "error", "the file is not UTF-8 text from here on")
RESERVED_NAME = Diagnostic(
    "FL017", "reserved-name", "error", "`{name}` is a word of the language here and cannot be the name of {what}"
)
TOO_MANY_PARENTHESES = Diagnostic(
    "FL018", "too-many-parentheses", "error", "too many parentheses or `not` within each other"
)
