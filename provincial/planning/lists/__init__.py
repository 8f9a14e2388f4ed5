"""What a city hands to the province: lists of signed names, on paper with a code (HN-40, HN-42).

Words: a *list* is one act of submission; its *paper* carries number, code and QR; its *stamped twin* is
the scan or e-sealed file of that paper. Green-channel names stand on lists of their own, with grounds.
States: submitted, stamped, confirmed, returned, withdrawn.
Who acts: the city submits, stamps and takes back; the province confirms or returns, whole or by name.
"""
