"""The allocation workbench: a quota table proposed from a total by weights that are shown (HN-35).

Words: the *bases* are teachers, key teachers, rural teachers and last year's arrivals of a unit; a
*weight* says how much a basis counts; a *working* says how one cell came about. It has no states:
a proposal that is kept becomes a draft of ``allocations``, where a second officer decides. The
province's officer acts.
"""
