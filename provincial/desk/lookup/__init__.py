"""Finding things: one search over bodies, plans, papers and people, the site map, the plan chosen.

Words: the *current plan* is the one whose figures lists and boards speak of; each browser remembers
its own. Everything found lies in the viewer's scope; a visitor finds published notices only.
"""
