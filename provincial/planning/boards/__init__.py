"""The board over the places of a category: held, split, unassigned, at schools (HN-38, HN-39).

Words: a *unit* is a body directly below the one the board stands on; opening a unit moves the board
one level down, as far as the school. *As it stood* sums the entries booked until a moment, so that
a quarrel about a deadline can be settled. Everyone who holds or oversees places reads it.
"""
