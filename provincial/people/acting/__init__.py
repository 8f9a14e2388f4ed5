"""In whose place: switching between bodies, mandates, and support views (R27).

Words: a *mandate* is a recorded reason for which a higher body acts for one below; a *support view*
is a read-only look, 30 minutes at most, with another person's eyes. States: begins later, in force,
ended. Acts: managers of a bureau record mandates; the system administrator opens support views.
"""
