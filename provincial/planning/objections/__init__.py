"""Objections to training bans, and requests for exemption for special circumstances (HN-46, HN-47).

Words: an *objection* says that the event was not so; a *request for exemption* says that there were
special circumstances. Either comes with evidence, from the teacher or from somebody for them.
States: open → (decision of one officer) → accepted | declined by a second officer.
Acts: the teacher, the own school, the bureaus above it and the province lodge; the province decides.
"""
