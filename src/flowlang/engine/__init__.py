"""STEPS → EFFECTS → WORLD: one interpreter, and those who answer it.

`interpreter` says what a campaign means, contact by contact; `sending` what a send does; `world`
holds what contacts share; `timeline` brings everything into the order of time; `testing` and
`simulate` run it with a clock of their own, `worker` against a store.
"""
