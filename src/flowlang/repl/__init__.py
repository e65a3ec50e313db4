"""SESSION: one contact walked through by hand, on the one interpreter, with a clock of its own.

A session is a test that grows: every line that does something becomes a line of a `test` block.  So
undoing, going another way, loading and reloading are all the same, replaying lines; and saving is
writing them down.
"""
