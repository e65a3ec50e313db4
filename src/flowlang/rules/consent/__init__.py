"""Marketing, and who wants it: FL701 and on."""
