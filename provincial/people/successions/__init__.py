"""People follow the tree: who acted for a body that merges or closes, and who was invited into it.

Words: the *heir* is the body that takes over. In a merger memberships, invitations waiting to be used and
the responsible contact go to the heir unless they are there already; at a closing they end. Taking
the step back brings back what nobody has changed since. Nobody acts here but
``desk.reorganisation``, in the transaction that changes the tree.
"""
