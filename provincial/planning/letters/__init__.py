"""The quota letters: one numbered paper to each body that receives places (HN-38, HN-67).

Words: the *first* letter hands places down; a *supplementary* letter lists the cells that changed,
replaces the letter before it, and is what counts from then on. The papers themselves are the office's.
"""
