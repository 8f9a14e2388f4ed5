"""The top: the rooms that look at all others."""
