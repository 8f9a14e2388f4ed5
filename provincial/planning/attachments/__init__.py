"""Documents attached to a plan: the notice, its annexes, forms to download (ZJ20-52).

A document is public (visitors and everybody signed in) or internal (the provincial office only).
It is taken away with a reason and may be put back. Who acts: officers of the provincial office.
"""
