"""Places follow the tree: what a moved, merged, parted or closed body holds goes along (HN-38).

Words: a *chain* is a sheet's parents up to the province; what two chains share stays untouched.
A body that moved takes its places with it, one that merged leaves them to its successor, one that
closed gives back what it has not handed on. No states of its own; nobody acts here but
``desk.reorganisation``, in the transaction that changes the tree.
"""
