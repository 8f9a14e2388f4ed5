"""The desks of nominations: who signs, returns or refuses, and the lists that cities hand in.

Words: a *desk* is a body at which names wait; to *pass on* is to sign and hand to the next desk; a
*list* is what a city submits to the province: a paper with a code, and its *stamped twin*.
"""
