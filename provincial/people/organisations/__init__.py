"""The tree of bodies: province, cities, zones, counties, schools, institutions, offices.

Words: the *parent* is the administrative superior; the *quota parent* is who hands out places,
which for a province-managed county is the province, not the city around it (HN-01). A *path* is the
chain of ids (``/1/12/345/``). Yearly figures feed allocation and standings (HN-35).
States: active, closed, merged. Acts: the body above registers, renames, moves, merges and closes.
"""
