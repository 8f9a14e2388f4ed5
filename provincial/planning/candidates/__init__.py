"""Finding a teacher for a place: search over the register, what the rules say at once, entering.

Words: a *candidate* is a teacher on the register who could stand on a place; a *choice* is a place
on the way from the teacher's school to the viewer's body, regular or green; a *stand-in* steps in
for somebody who is already nominated (A-18).
"""
