"""Who goes: named teachers on the places a body holds, up to the province's yes (HN-37…HN-43).

Words: a *nomination* is one teacher on one place; the *place* is a cell of the quota ledger; the
*nominating body* holds that place; a *step* is one act on a nomination; a *list* is what a city hands
to the province, on paper with a code. The regular channel uses places, the green one its own count.
States: draft, returned, school_confirmed, county_approved, city_submitted, green_pending,
green_approved, province_confirmed; over: refused, withdrawn, replaced, released.
Who acts: school, county, city, province, each after the one below; nobody signs what they entered.
"""
