"""Lists that leave the site as workbooks; each leaves an event in the journal (R30).

Words: a *listing* is one kind of list, declared once in its room's ``jobs.py`` and named in
``provincial.schedule``; *wanted* is the filter as plain values. Up to 2,000 rows are written at
once, more by a job. No states of its own; who may take a list away is said by the list's room.
"""
