"""A module for each `[delivery] kind`, named as it, with `connect(setup)`."""
