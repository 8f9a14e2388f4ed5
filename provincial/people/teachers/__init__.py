"""The register of teachers: who teaches where, masked when shown, each field with its source.

Words: a *teacher* is a person on a school's list; the *source* of a field says where it came from,
and what came by import is corrected where it came from (ZJ22-61); *left* and *merged* records stay,
for their history. States: active, left, merged. Bureaus and schools register and edit; readers of
the province look; nobody sees an ID number or a phone in full without a reason that is kept.

Later rooms hang on here: ``rules.TeacherLink`` and ``rules.TeacherPanel`` are pages and parts of the
teacher's page, ``rules.TeacherFollower`` what moves with a merged record; the sitemap names them.
"""
