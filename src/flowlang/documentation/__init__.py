"""WORKSPACE → PAGE: campaigns, pictures, messages, who sends what when, as one HTML file.

`contents` gathers what the page says, `page` writes it.  The page asks nothing from outside and
runs no script.
"""
