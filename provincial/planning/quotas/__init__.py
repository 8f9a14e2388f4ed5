"""Quotas: how a province's places reach city, county and school (HN-01, HN-32, HN-38, HN-39)."""
