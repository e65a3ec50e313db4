"""The words of a session, one a file: the folder is the list of them."""
