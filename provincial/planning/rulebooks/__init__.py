"""Rulebooks in the browser: copied, edited beside their articles, compared, released by a second officer.

States: draft, submitted, released, withdrawn. A released edition never changes; a plan copies it.
"""
