"""Steps that change the tree: move, merge, close, open again, and taking the last step back.

A *plan* is the change as it would be (``OrganisationChange``), worked out by the same rules that
bind the act. Words: the *successor* takes over what a merged body had; to *take back* a step is
possible while it is the body's last and what it moved has not moved on.
States and who acts: see ``organisations``; the pages are in ``desk.reorganisation``, which also
calls the rooms that hold places, names and tasks of the bodies concerned.
"""
