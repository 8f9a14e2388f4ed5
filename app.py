"""The application that the server and the ``flask`` command load."""

from provincial import create_app

app = create_app()
