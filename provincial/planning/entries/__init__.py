"""One row of a nomination list as people write it: cells in, facts and findings out (HN-37).

Words: a *row* is one name with what its list says; a *flaw* is a finding on one of its columns. No
tables and no states; who reads a list comes here row by row.
"""
