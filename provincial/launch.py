"""Starts and watches the database, the web server and the worker."""
