"""Training bans: proposed after an event, decided by two officers, listed with the days left (HN-46).

Words: a *stage* is the state of a ban with what waits for a second officer; see ``integrity`` for the
rest. Signing, dismissing and lifting are asked for by one officer of the province and confirmed or
returned by another (R14). A ban never comes in force by itself, and only one in force refuses.
Acts: bureaus and the province propose with evidence, later the training wing on a reported result;
the province decides; the teacher, the school and the bureau above are told.
"""
