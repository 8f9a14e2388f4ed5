"""Plans: the year's notice as a plan, with its categories, projects, windows and documents.

Words: a *plan* is issued from a rulebook and keeps a frozen copy of it; a *category* is one of the
notice's kinds of project (HN-04); a *project* is a stage and subject of a category, one column of
the quota table; a *window* is a half-open interval in which something may be done.
States: draft, issuing (waits for the second officer), issued, running, closing, archived; discarded.
Who acts: officers of the provincial office; a second one issues (R14). Everybody signed in reads
what has been issued. Categories and columns are edited in ``projects``, windows in ``windows``,
later notices in ``amendments``.
"""
