"""Splitting by spreadsheet: the sheet as a workbook, filled in, checked cell by cell, booked as one act.

Words: the *workbook* lists those directly below with their codes and what they hold now; a *check*
shows unit by unit what was understood and every cell that would change; confirming books one split,
which is undone as a whole while nothing builds on it. Acts: officers of the body that splits.
"""
