"""The ledger of places: every figure is an entry, never changed again (HN-32, HN-38).

Words: a *sheet* is what one body holds of one category; a *cell* is one project on it: *held* from
above, *given* to those below, the rest *unassigned*; an *entry* is one change of one cell; a *batch*
is the entries of one act. Children + unassigned = parent at every moment. Other rooms book through
this one and never write its tables themselves.
States of a sheet: issued, splitting, allocated, locked.
"""
