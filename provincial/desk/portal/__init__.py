"""The public side: front page, notices of issued plans, documents to download, help.

Words: a *notice* is the public page of an issued plan whose publicity is open. Who acts: nobody;
visitors read. Signed-in people are led to their home.
"""
