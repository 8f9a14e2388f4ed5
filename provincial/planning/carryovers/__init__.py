"""Nominations go along when bodies move or merge, and when records of teachers do (HN-37, HN-70)."""
