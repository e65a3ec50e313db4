"""A workspace whose names and texts would break what does not escape them."""

from __future__ import annotations

MARKUP = "<script>alert(1)</script> & \"q\" 's' ]]> <!-- {{"
RIGHT_TO_LEFT = "שלום עולם \u202e gpj.exe"
EMOJI = "🎉 Größe 👩‍👩‍👧 日本語"


def written(name: str) -> str:
    """A name within the quotes of a `.flow` file."""
    return name.replace("\\", "\\\\").replace('"', '\\"')


def source() -> str:
    """The text of the workspace."""
    names = [written(one) for one in (MARKUP, RIGHT_TO_LEFT, EMOJI)]
    parts = []
    for name in names:
        subject = name.replace("{{", "(")
        parts.append(
            f'message "{name}"\n  kind service\n  channel email\n  subject "{subject}"\n'
            f'  body "{subject}"\n\n'
            f'group "{name}"\n\nsegment "{name}"\n  tagged "{name}"\n\n'
            f'campaign "{name}"\n  about "{name}"\n  start when tagged "{name}"\n'
            f'  stop when tagged "no {name}"\n  send "{name}"\n'
            f'  split\n    50% "{name}"\n      tag "{name}"\n    50% "other"\n      stop\n\n'
            f'test "{name}"\n  given contact\n  at 2026-03-02 10:00 tag "{name}"\n'
            f'  expect sent "{name}"\n\n'
        )
    return "".join(parts)
