"""Lists of nominations as people send them: read, judged, taken in, sent out, merged again (HN-37…HN-43).

Words: a *list* is a workbook of names from one unit (city, county or school) for one category; a *row*
is one name; the *place* of a row is the nearest holder on the way from the teacher's school up to the
unit that has a place free; a *copy* is a list that went out with a code per row and comes back.
States: those of an import run; what a list brought can be taken back as a whole while nothing builds
on it. Who acts: officers of the unit whose list it is; a colleague of theirs signs.
"""
