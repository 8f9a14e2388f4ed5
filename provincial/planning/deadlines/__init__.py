"""The day until which a body splits its places (HN-40).

Words: the *window* of the plan, an *extension* of it for one body and those below, an earlier day
that a body *sets below*. The earliest binds, unless an extension holds. Read by every room that shows
or asks for the day.
"""
