"""Lists of teachers as spreadsheets: choose the file, see what was understood, confirm, undo.

Bureaus and schools bring them in; every field that comes with a list is marked as imported. Good
rows are kept while bad ones go back in the same workbook with what is to be mended.
"""
