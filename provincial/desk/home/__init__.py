"""Home of every role: what waits for the viewer by deadline, what changed in their scope, figures.

Words: a *task* is one thing to do with the days left; a *figure* is a number that opens to the names
behind it; *first steps* are what a new province or body does before anything else can be done.
"""
