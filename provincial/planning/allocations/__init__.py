"""The province's quota table of a category on its way: imported, proposed or typed, then issued.

Words: a *quota table* (名额分配一览表) is what each allocation unit is to hold, per project; the
*workbench* proposes one from a total by weights that are shown (HN-35). Issuing needs a second
officer, books the difference to what is held, and writes a numbered letter to each unit it touches.
States: draft, submitted, issued, withdrawn, undone.
"""
