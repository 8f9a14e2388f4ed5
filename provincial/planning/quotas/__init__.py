"""Quotas: the places of a plan, handed down from province to city, county and school.

Each figure is an entry in a ledger; what a body hands to those below it and what it keeps add up
to what it holds, at every moment (HN-32, HN-38, HN-39).
"""
