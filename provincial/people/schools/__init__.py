"""Schools from a spreadsheet: checked row by row, confirmed, written in one go, undone as a whole.

Words: the *verdict* of a row is new, changed, unchanged or refused; nothing is saved while a row is
refused. Name and superior of a school that exists are changed by steps of their own, never here.
Acts: a bureau for its own subtree, the province for all. Teachers come with their own register.
"""
