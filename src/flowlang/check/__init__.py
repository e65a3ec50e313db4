"""TREE → CHECKED: what the names mean, what kind each expression has, whether templates fit.

`names` collects what a workspace declares, `declarations` reads the declarations, `expressions`
checks a condition and makes the one function that means it, `templates` checks and prepares
messages.
"""
