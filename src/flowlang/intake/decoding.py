"""From the bytes of a file to its text: which encoding it is in, and whether it is text at all.

UTF-8 is tried first and cannot be mistaken; what is not UTF-8 is Windows-1252, which spreadsheet
programs still write.  Statistical guessing is not used: it took short German files for Chinese.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from flowlang.speech import tr

MAX_FILE_BYTES = 1 << 30
"""Files above this size are refused; split them."""

_BINARY = (
    (b"PK\x03\x04", tr("a zip or Excel file; save the table as CSV")),
    (b"\xd0\xcf\x11\xe0", tr("an old Office file; save the table as CSV")),
    (b"%PDF", tr("a PDF file")),
    (b"\x89PNG", tr("a picture")),
    (b"\xff\xd8\xff", tr("a picture")),
    (b"GIF8", tr("a picture")),
    (b"\x1f\x8b", tr("a gzip file; unpack it first")),
    (b"SQLite format 3", tr("a database file")),
)
_MARKUP = re.compile(r"\s*<[!?a-zA-Z]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MOJIBAKE = re.compile("Ã[¤¶¼Ÿ„–œ©¨]")


class NotText(ValueError):
    """The bytes are no text that could hold rows.  The message says what they are, for a person."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file: LF line ends, no byte-order mark."""

    text: str
    encoding: str
    """`UTF-8`, `UTF-16` or `Windows-1252`."""
    mixed: bool = False
    """True where most of the file looks like UTF-8 after all, so that umlauts may be damaged."""


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """The text that the bytes of a file hold, in an encoding that is found or, where a person says
    it, given.  Raises NotText.
    """
    if len(data) > MAX_FILE_BYTES:
        raise NotText(
            tr("the file is larger than {size:,} MB; split it", size=MAX_FILE_BYTES >> 20)
        )
    for start, what in _BINARY:
        if data.startswith(start):
            raise NotText(tr("this is {what}", what=what))
    text, found = _text(data) if encoding is None else (_read(data, encoding), encoding)
    # Some programs set a mark before the one that is there; DOS programs set one at the end.
    text = text.lstrip("\ufeff").rstrip("\x1a")
    if not text.strip():
        raise NotText(tr("the file is empty"))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    beginning = text[:4096]
    marked = data.startswith(codecs.BOM_UTF8)  # whoever writes that mark writes text
    if not marked and _is_binary(beginning):
        if "\x00" in beginning:
            raise NotText(tr("this is a binary file, or UTF-16 without a byte-order mark"))
        raise NotText(tr("this is a binary file"))
    if _MARKUP.match(beginning):
        raise NotText(tr("this is an HTML or XML file, not a table"))
    mixed = found == "Windows-1252" and _MOJIBAKE.search(text) is not None
    return Decoded(text, found, mixed)


def _is_binary(text: str) -> bool:
    """Whether many of its characters are controls, and in most lines: a few lines are damaged
    rows, and a few characters may be meant.
    """
    lines = [line for line in text.split("\n") if line]
    most = 2 * sum(_CONTROL.search(line) is not None for line in lines) > len(lines)
    return most and 20 * len(_CONTROL.findall(text)) > len(text)


def _read(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (LookupError, ValueError):
        raise NotText(tr("the text is not {encoding}", encoding=encoding)) from None


def _text(data: bytes) -> tuple[str, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            raise NotText(tr("this is a binary file, or damaged UTF-16")) from None
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as bad:
        line = data.count(b"\n", 0, bad.start) + 1
        raise NotText(
            tr(
                "the text is neither UTF-8 nor Windows-1252 (line {line}); save it as UTF-8",
                line=line,
            )
        ) from None
