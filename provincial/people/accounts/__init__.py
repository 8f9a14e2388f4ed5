"""Who may sign in and act: users, memberships of bodies, sessions, invitations, mandates.

Words: a *membership* lets a user act for one body in one role; a *mandate* lets a higher body act
for one below; a *deputy* is a membership with dates; a *slip* is a printed single-use activation.
States: user invited, active, disabled; session open, ended. Acts: each body manages its own users.
"""
