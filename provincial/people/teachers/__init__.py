"""The register of teachers: who teaches where, brought in by spreadsheet, masked when shown.

Words: a *teacher* is a person on a school's list; the *source* of a field says whether it came with
an import; *left* and *merged* records stay, for their history. States: active, left, merged.
Bureaus and schools bring lists in; readers of the province look; nobody sees an ID number or a
phone in full without a reason that is kept.
"""
