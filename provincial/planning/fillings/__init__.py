"""How full the places are, at whom names wait, and what stays empty at the close (HN-39).

Words: a place is *filled* once a name stands on it; the *shortfall* is what is not filled at the close;
it counts against the holder. The pages of idle places stand here too; their acts are the room ``idle``.
"""
