"""The codes that coupon lists hold by their own files (`from "file"`)."""

from __future__ import annotations

from flowlang.cli.paths import nearby
from flowlang.intake.coupons import read_codes
from flowlang.intake.problem import Problem
from flowlang.program.program import Program
from flowlang.speech import tr


def of_files(program: Program) -> tuple[dict[str, tuple[str, ...]], list[tuple[str, Problem]]]:
    """The codes of each list that names a file, and what is wrong: pairs of file and problem.

    A file that is not there is a problem, and so is each row that is no code; the others count.
    """
    codes: dict[str, tuple[str, ...]] = {}
    wrong: list[tuple[str, Problem]] = []
    for name, coupons in program.names.coupons.items():
        if coupons.path is None:
            continue
        shown = str(nearby(coupons.path))
        try:
            data = coupons.path.read_bytes()
        except OSError as error:
            why = tr('the codes of "{name}" cannot be read: {why}', name=name, why=error.strerror)
            wrong.append((shown, Problem("error", 0, None, "", why)))
            continue
        found = read_codes(shown, data)
        codes[name] = found.codes
        wrong += [(shown, problem) for problem in found.problems]
    return codes, wrong
