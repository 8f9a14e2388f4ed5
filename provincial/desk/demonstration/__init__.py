"""The demonstration province: an empty instance filled with invented bodies, people and figures.

Words: the *demonstration* is Henan with its real divisions and the notice of 2023; every person,
school and institution in it is invented. It is loaded through the rooms' own actions, by two
officers where a rule wants two. It never fills a production site, nor one that holds anything
already; its accounts never sign in to production (R24). ``accounts.csv``, ``institutions.csv`` and
``figures.csv`` are data, ``annex4-quota-table.xlsx`` is the quota table of the notice's annex 4.
"""
