"""GRAPH → PICTURE: a campaign as SVG, as DOT and as Mermaid text.

`campaign` draws a graph as SVG; where its boxes and lines lie is found by `layout`, which knows
nothing but sizes.  `svg` and `letters` are for everyone who draws.
"""
