"""Notices to people: the feed inside the site, the mail outbox, its log, and resending.

A message is a row of the same transaction as the change it tells of; mail leaves later, from the
outbox, at least once with a fixed Message-ID (exactly once is not on offer).
"""
