"""The pages of the rules: `python tests/rules/pages.py` renews docs/rules."""

from __future__ import annotations

from pathlib import Path

from flowlang.rules import pages, registry

FOLDER = Path(__file__).parents[2] / "docs" / "rules"


def expected() -> dict[str, str]:
    """Each page by the name of its file."""
    found = {f"{one.name}.md": pages.page(one) for one in registry.rules().values()}
    found |= {f"{one.name}.md": pages.page(one) for one in registry.diagnostics()}
    return {"README.md": pages.overview(), **found}


def renew() -> None:
    """Write what has changed, and remove what is left over."""
    FOLDER.mkdir(exist_ok=True)
    wanted = expected()
    for path in FOLDER.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew()
