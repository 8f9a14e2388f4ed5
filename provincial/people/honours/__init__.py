"""Honorary titles of teachers: master teacher, key teacher and their like, with level and document.

Words: a title *stands* while it has not been withdrawn; a withdrawn one stays on the record and
counts for nothing (HN-43). States: active, withdrawn. The body of the title's level, or one above
it, enters, withdraws and restores; nobody enters a title of a higher level than its own.
"""
