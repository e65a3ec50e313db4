"""`python -m flowlang`: the same as the command `flow`."""

from flowlang.cli import main

if __name__ == "__main__":
    main()
