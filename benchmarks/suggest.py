"""Suggest tests for every workspace in `examples`, and hold what is left against what is known.

Prints a line for each workspace: coverage by its own tests, tests suggested, ways that no test was
found for, seconds.  Exit code 1 where a way is left that is not known to be unreachable.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from flowlang import workspace
from flowlang.cli.codes import of_files
from flowlang.cli.coverage import Measured

EXAMPLES = Path(__file__).parents[1] / "examples"
UNREACHABLE = {
    # Who gets it has a code of its own already, which `again=true` repeats.
    ("coupon-sale", 'send "Only a week left": halted'),
    # `otherwise stop` is there so that this does not happen.
    ("coupon-sale", 'send "A present" to group "Regulars", otherwise stop: halted'),
    # The start asks `can receive`, and nothing lies between it and the send.
    ("r099-welcome-then-code.flow", 'send "Welcome": not sent'),
    # Only two days, or seven, after the event does the run come there.
    ("r111-onboarding-0-2-7", "wait until 2 days after event.at: missed"),
    ("r111-onboarding-0-2-7", "wait until 7 days after event.at: missed"),
    # In a test no file is ever missing, so no process fails.
    ("shop-automation", "on process failed: process failed"),
    (
        "shop-automation",
        'notify "it@kesselhaus.example" "{{ event.type }} failed: {{ event.because }}"',
    ),
}
"""By workspace: ways that nobody can walk in a test, each with the reason."""


def main() -> int:
    """Go through the examples, or those whose names are given."""
    wrong = 0
    for root, files in workspace.find([EXAMPLES / name for name in sys.argv[1:]] or [EXAMPLES]):
        began = time.monotonic()
        loaded = workspace.load(root, files)
        program = loaded.runnable
        if program is None:
            print(f"{root.name}: has errors")
            wrong += 1
            continue
        codes, _ = of_files(program)
        measured = Measured.of(loaded, program)
        for script in loaded.tests:
            script.run(program, codes, measured.recorder.stage)
        before = measured.coverage.percent
        found = measured.suggest(codes, seed=0)
        left = [way.words for _, way in found.left if (root.name, way.words) not in UNREACHABLE]
        took = time.monotonic() - began
        tests = len(found.tests)
        print(f"{root.name:45} {before:5g}%  {tests:2} tests  {len(left)} left  {took:5.1f} s")
        for words in left:
            print(f"    {words}")
        wrong += len(left)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
