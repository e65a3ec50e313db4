"""flowlang: campaigns as code.  The way of a campaign through the house:

    syntax      TEXT → TREE        lexer, keywords (a table a language), LALR driver, recovery,
                                   formatter
    check       TREE → CHECKED     names, kinds, the one meaning of conditions, templates
    steps       one STATEMENT a file: its node, how it compiles, how it runs
    program     CHECKED → STEPS    campaigns as flat lists of instructions, and their graphs
    pictures    GRAPHS → PICTURES  SVG, DOT, Mermaid
    engine      STEPS → EFFECTS    the interpreter (pure), sending, the world that contacts share,
                                   time, tests, simulation, the worker over a store
    stores      where an engine keeps what must survive
    delivery    how letters leave
    intake      how contacts, events and codes come in
    reports     how findings are shown
    workspace   a folder → a program: the only place that puts the parts together
    documentation                  a workspace → one HTML page
    cli         the command `flow`, a verb a file

Below them all: `source` (texts, places, findings), `calendar` (time), `kinds` (values), `contact`
(what is known of one contact), `effects` (the closed list of what a step may ask of the world).
Imports go downwards only; the contracts are in pyproject.toml and checked in CI.
"""

from flowlang.source import Finding, Source, Span

__all__ = ["Finding", "Source", "Span"]
