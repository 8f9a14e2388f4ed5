"""Transfers of teachers from one school to another: one side asks, the other agrees.

Words: the *giving* school lets a teacher go, the *receiving* one takes them in; a bureau speaks for
the schools it keeps. States: asked, done, declined, withdrawn, taken back. The record goes along
with its history, titles and training; places stay with the school that holds them. Who was where
on a day, ``people.teachers.queries.schools_on`` tells.
"""
