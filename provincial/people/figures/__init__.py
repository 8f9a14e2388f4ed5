"""Yearly figures of bodies: teachers, key teachers, rural teachers, county flags, last year's rates.

The allocation workbench and the tasks of a year read only these (HN-35, HN-61, HN-63, GP-05, GP-22).
They come in by spreadsheet, are typed in one by one, and are later filled by the standings; each row
says from where (*source*). The table itself is a table of ``organisations``.
Acts: the provincial office writes; every body reads its own and those below it.
"""
