"""Taking acts on the ledger back: as a whole or row by row, while nothing builds on them (HN-38).

A taken-back act stays on the ledger; the entries that undo it stand beside it.
"""
