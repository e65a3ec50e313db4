"""THE EDITOR'S SIDE: a language server, by which an editor knows the language.

`texts` holds what is open, `places` speaks the editor's positions, `study` keeps each workspace
checked as it is typed, and each file of `features` answers one kind of question.
"""
