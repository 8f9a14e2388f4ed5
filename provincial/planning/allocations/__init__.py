"""The province's quota table of a category on its way: imported, proposed or typed, then issued.

Words: a *quota table* (名额分配一览表) is what each allocation unit is to hold, per project.
The province's officer makes one; issuing needs a second officer, books the difference to what is
held, and writes a numbered letter to each unit it touches. ``workbench`` proposes one.
States: draft, submitted, issued, withdrawn, undone.
"""
