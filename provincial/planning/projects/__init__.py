"""Project categories of a plan and their projects: the columns of the quota table (HN-04, HN-05).

Words: a *category* describes a kind of project (target group, conditions, days, hours, outcomes,
theme, tier, line); a *project* is a stage and subject of it, one column of the quota table.
No states of their own: everything may change while the plan is a draft; columns that an annex
brings later may still be added, and taken away while no places stand in them.
Who acts: officers of the provincial office.
"""
