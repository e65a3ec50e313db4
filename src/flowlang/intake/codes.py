"""What a coupon code may be."""

from __future__ import annotations

from flowlang.intake.cells import CONTROL, MAX_NAME


def code_flaw(code: str) -> str:
    """Why a code, its outer blanks taken off, cannot be used; empty where it can."""
    if not code:
        return "the code is empty"
    if len(code) > MAX_NAME:
        return f"the code is longer than {MAX_NAME} characters"
    if CONTROL.search(code):
        return "the code holds control characters"
    return ""
