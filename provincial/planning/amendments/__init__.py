"""Supplementary notices: a later notice changes an issued plan from a date on.

Words: a *supplementary notice* has a number, a date of effect and changed values, each with article
and sentence; what it *touches* are windows, extensions, categories and bodies; a *version* of the
plan's rulebook comes about when it takes effect, earlier ones stay readable.
States: draft, submitted (waits for the second officer), approved (waits for its date), in force,
withdrawn. Who acts: officers of the provincial office; a second one brings it in force (R14).
"""
