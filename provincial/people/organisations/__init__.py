"""The tree of bodies: province, cities, zones, counties, schools, institutions, offices.

Words: the *parent* is the administrative superior; the *quota parent* is who hands out places,
which for a province-managed county is the province, not the city around it (HN-01). A *path* is the
chain of ids (``/1/12/345/``). A *step* is one entry of a body's history.
States: active, closed, merged. Acts: the body above registers, renames and edits; moving, merging
and closing are in ``structure``, their pages in ``desk.reorganisation``. Each body names one
responsible contact (HN-66). ``divisions.csv``, ``top_level.csv`` and ``offices.csv`` are data: the
table of divisions, who holds quota beside the cities (HN-01), the offices beside a province (HN-02).
"""
