"""Every spreadsheet that comes in: upload, dry run, findings, confirm, undo (design part 4).

Words: a *run* is one workbook on its way in; its *context* says where it goes (which plan, which
body); *understood* is what was read, as plain data. Nothing is saved to a room before it is confirmed.
States: checked, confirmed, undone, discarded.
"""
