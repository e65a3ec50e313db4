"""What was done to the tables since their first version, one step a file, in the manner of Alembic.

A step says what it does in words of its own, not of `schema`, which goes on changing.
"""
