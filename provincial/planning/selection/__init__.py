"""The pages of nominations: what is held, filled and free, the names, one nomination, its export.

Words: a *line* is what a body holds of a category or project and how far it is filled; *filled*
counts the nominations that hold a place; the *way* of a nomination is the desks it passes.
Who acts: whoever holds places changes, withdraws and takes up; signing is done at the desks.
"""
