"""Places that nobody has handed down or filled, and the wishes for more of them (HN-39).

Words: *idle* is what a holder has neither handed down nor put a name on; a *wish* is a body's request
for more places; an *offer* says who could give what to whom. States of a wish: open, closed.
Who acts: holders give back and ask; the body above re-issues; every step on places is the ledger's.
"""
