"""Tags and other names that are almost the same, or that nobody uses: FL671 and on."""
