"""Reorganisation: moving, merging, closing and reopening bodies while plans run, and taking it back.

Words: a *follower* is a room that holds something of the bodies (places, names, open tasks, people);
it says before the step what will be touched, and moves it by entries in the same transaction.
The followers stand in the sitemap (``ORGANISATION_FOLLOWERS``). Acts: the provincial office for any
body, a bureau for the schools and centres it runs.
"""
