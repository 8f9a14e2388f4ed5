"""Training bans and the training integrity file of each teacher (HN-44…47, PE-92, A-04…A-08).

Words: a *ban* bars a teacher from province-organised face-to-face training after one of three events
(no-show, asked to leave, not completed); it lasts to the same date years later, that day included.
A *record* is one line of the teacher's integrity file, never changed, only corrected by another.
States of a ban: proposed → in force → lifted | exempted | dismissed; "expired" is read from its last
day. Signing, dismissing and lifting are asked for by one officer of the province and confirmed by
another. Only a ban in force refuses; a proposed one warns.
Acts: the province decides; bureaus propose with evidence in their subtree; the teacher's own school,
the bureaus above it and the province look, and each look into a file is noted.
"""
