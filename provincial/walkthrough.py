"""The walk."""
