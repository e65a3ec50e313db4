"""SENTENCES IN OTHER LANGUAGES: catalogues in the gettext format, one a language, in `locale`.

People write them as .po; programs read them as .mo.  An installed wheel has these (hatch_build.py
makes them); in a source tree they are made at first use, and kept.
"""

from __future__ import annotations

import struct
from functools import cache
from gettext import GNUTranslations
from hashlib import blake2b
from io import BytesIO
from pathlib import Path


@cache
def load(language: str) -> GNUTranslations | None:
    """The catalogue of a language: the one shipped, else a kept one, else made now and kept; None
    for a language that has none.
    """
    from flowlang import resources

    folder = resources.locale()
    shipped, written = folder / f"{language}.mo", folder / f"{language}.po"
    if shipped.is_file():
        return _read(shipped)
    if not written.is_file():
        return None
    source = written.read_bytes()
    kept = resources.kept()
    own = kept / "locale" / f"{blake2b(source, digest_size=16).hexdigest()}.mo" if kept else None
    found = _read(own) if own else None
    if found is None:
        data = compiled(source)
        if own:
            resources.keep(own, data)
        found = GNUTranslations(BytesIO(data))
    return found


def compiled(source: bytes) -> bytes:
    """A catalogue as people write it, in the form that programs read."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    made = BytesIO()
    write_mo(made, read_po(BytesIO(source), abort_invalid=True))
    return made.getvalue()


def _read(path: Path) -> GNUTranslations | None:
    """None for one that is not there, or is damaged."""
    try:
        return GNUTranslations(BytesIO(path.read_bytes()))
    except (OSError, ValueError, struct.error):
        return None
