"""Proving who one is: the second factor, the question before grave acts, accounts in other hands.

Words: the *second factor* is a code of six digits that an app counts out; a *recovery code* stands in
for it once; a *proof* is a password or code typed again (R23); an account is *in hand* of a colleague
who had a key to it, and then the two do not count as two persons (R14).
Acts: each person for the own account; the managers of a body take a lost factor off.
"""
