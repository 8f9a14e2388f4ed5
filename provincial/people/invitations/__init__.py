"""Ways in: mailed links, printed slips, resets, and the first link of an empty site (R24).

Words: a *code* is shown or mailed once and used once; a *slip* carries one on paper for 14 days; a
*reset* sets a new password. States: open, used, withdrawn, expired. Acts: the managers of a body
invite its users; the body directly above invites the first administrator of one that has none.
"""
