"""What an editor can ask, one feature a module; the folder is the registry.

A module has `register(server)`, which names the requests that it answers.
"""
