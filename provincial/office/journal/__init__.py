"""Who did what to which thing, when and why: append-only, sealed; feeds every timeline (R30-R32).

Words: an *event* is one act; a *thing* is named by type and id; the *seal* chains events by HMAC.
Actors: every action of every room writes its own event in its own transaction; auditors read.
"""
