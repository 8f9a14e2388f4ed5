"""Lists that go out on a weak network and come back: rows merged by their code (HN-37).

Words: a *copy* is a list of standing nominations as a workbook or on paper, with a code per row and the
number of the copy; what it said when it went out is kept, so that a row that comes back shows what was
changed on it and what has changed here since. States: those of an import run.
Who acts: officers of the body whose list it is.
"""
