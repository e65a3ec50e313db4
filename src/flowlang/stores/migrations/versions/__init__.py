"""The steps.  Each begins with its number: the version that the tables have after it."""
