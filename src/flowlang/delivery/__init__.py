"""LETTERS → THE WORLD: each module hands rendered messages over in one way."""
