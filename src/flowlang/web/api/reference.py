"""The description of the API as a page that people read: plain, and nothing from outside."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse

from flowlang.web.pages import policy


def page(description: dict[str, Any], base: str) -> HTMLResponse:
    """The page of an OpenAPI description, whose paths begin at `base`."""
    template, style = _parts()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            one = {"method": method.upper(), "path": base + path, **operation}
            groups.setdefault(operation["tags"][0], []).append(one)
    text = template.render(
        info=description["info"], groups=groups, schemas=description["components"]["schemas"],
        style=style, base=base,
    )  # fmt: skip
    headers = {
        "Content-Security-Policy": policy(style),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(text, headers=headers)


@cache
def _parts() -> tuple[Any, str]:
    from jinja2 import Environment

    folder = Path(__file__).parent
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["as_json"] = lambda value: json.dumps(value, ensure_ascii=False, indent=2)
    template = environment.from_string((folder / "reference.html").read_text(encoding="utf-8"))
    return template, (folder / "reference.css").read_text(encoding="utf-8")
