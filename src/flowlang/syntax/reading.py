"""BYTES → SOURCE: the one way in which the text of a file is read."""

from __future__ import annotations

from pathlib import Path

from flowlang.source import Findings, Source, Span
from flowlang.speech import ENGLISH
from flowlang.syntax import diagnostics as d
from flowlang.syntax import keywords


def read_source(path: Path, name: str, findings: Findings, default: str = ENGLISH) -> Source:
    """The text of a file under the name that findings show.  Raises OSError.

    Bytes that are not UTF-8 become U+FFFD, which is one finding, at the first of them; it is told
    in the language that the first line names, or in `default`.
    """
    return decode(path.read_bytes(), name, findings, path, default)


def decode(
    data: bytes,
    name: str,
    findings: Findings,
    path: Path | None = None,
    default: str = ENGLISH,
) -> Source:
    """The same for bytes that have been read already."""
    try:
        return Source(name, data.decode("utf-8"), path)
    except UnicodeDecodeError as wrong:
        source = Source(name, data.decode("utf-8", errors="replace"), path)
        named = keywords.language_line(source.text)
        source.language = named[0] if named and named[0] in keywords.languages() else default
        # Line ends and composed letters may have moved it: its place is the length of the same
        # beginning, read in the same way.
        at = len(Source(name, data[: wrong.start].decode("utf-8")).text)
        findings.report(d.NOT_UTF8, Span(source, at, min(at + 1, len(source.text))))
        return source
