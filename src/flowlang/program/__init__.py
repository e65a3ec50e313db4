"""CHECKED → STEPS: a campaign becomes a flat list of instructions.

`program` is what the engine runs, `compile` makes it from the names of a workspace, `graph` draws
it.
"""
