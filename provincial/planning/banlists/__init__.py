"""Bans of earlier years from paper lists: checked row by row, signed by one officer, confirmed by another.

Words: the *verdict* of a row is new, known (on record already) or refused. Good rows are taken and
bad ones go back in the same workbook. Confirming a list proposes and signs its bans; a second officer
of the province puts them in force together; until then the list is undone as a whole.
Acts: officers of the provincial office. Teachers must be on the register; nobody is added here.
"""
