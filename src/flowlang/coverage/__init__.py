"""PROGRAM + TESTS → COVERAGE: which ways through a program its tests have walked.

`ways` says what can be walked, `recording` listens to plays, `measuring` counts, and `suggesting`
finds tests for what is left.
"""
