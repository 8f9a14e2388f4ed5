"""What a project asks of a teacher, written as data beside the project (HN-37).

Words: *conditions* are stage, subject, title, years of service, age, rural school, post, honours; the
same conditions stand in words before those who nominate and are what each nomination is judged by.
No states of their own: they change freely while the plan is a draft, afterwards by a supplementary
notice that is in force, with a reason.
Who acts: officers of the provincial office.
"""
