"""The training integrity file of each teacher, and what a ban means for a training (HN-44…47, PE-92).

Words: a *ban* bars a teacher from province-organised face-to-face training after a no-show, being
asked to leave, or not completing; it lasts to the same date years later, that day included (A-04). A
*record* is one line of the file, never changed, only corrected by another. States of a ban: proposed
→ in force → lifted | exempted | dismissed; "expired" is read from its last day.
Acts: the teacher's own school, the bureaus above it and the province open a file, and each look is
noted; bureaus and the province enter circulars and forgeries; a teacher sees the own record.
"""
