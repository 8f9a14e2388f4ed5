"""How full the places are, at whom names wait, and what becomes of places that stay empty (HN-39).

Words: a place is *filled* once a name stands on it; *idle* while its holder has neither handed it down
nor put a name on it; a *wish* is a body's request for more places. The *shortfall* is what is not filled
at the close; it counts against the holder. States of a wish: open, closed.
Who acts: holders give back and ask; the body above re-issues; every step on places is the ledger's.
"""
