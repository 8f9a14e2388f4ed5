"""Two records of one teacher: found, compared, merged after a dry run, and taken apart again.

Words: of a *pair* one record is *kept*, the other *gone*; what the kept one does not know it takes
over. What hangs on the gone one follows by the sitemap's ``TEACHER_FOLLOWERS``. A pair that is two
people is noted as *distinct* and not shown again. States of a merge: merged, taken back.
"""
