"""The people of a body: who acts for it, disabled and enabled, deputies, hand-over, dormancy.

Words: a *member* is a person with a membership here; a *deputy* stands in between two dates; a
*hand-over* gives a role to a successor and ends one's own. States: a term begins later, is in force,
has ended. Acts: the managers of a body; the last of them can neither leave nor be removed.
"""
