"""Windows of a plan and extensions of them for one body.

Words: a *window* is a half-open interval ``[opens, closes)`` in which something may be done; an
*extension* is a later close for one body, with a reason; what comes after the common close is late
(A-44). Windows of a draft are edited here; those of an issued plan move only by a supplementary
notice. Extensions: in force, withdrawn.
Who acts: officers of the provincial office. Everybody who sees the plan sees its windows.
"""
