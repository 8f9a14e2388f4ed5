"""Promises that the whole site keeps, page by page and line by line."""
