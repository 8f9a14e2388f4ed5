"""The auditor's room: search the journal and take parts of it away (R32).

It stands apart from ``journal`` because it needs jobs and files, which themselves write there. The
auditor reads everything and changes nothing; each export is an event of the journal.
"""
