"""Small tools for the tests of the pages of nominations."""

from __future__ import annotations

from flask.testing import FlaskClient

from provincial.people.accounts.models import User
from tests.people.factories import make_user, sign_in
from tests.planning.tree import Tree

ROLES = {"school": "school_administrator", "provincial_office": "province_officer"}


def as_officer(tree: Tree, client: FlaskClient, name: str, role: str = "") -> User:
    """Sign an officer of a body in."""
    role = role or ROLES.get(tree.bodies[name].kind, "bureau_officer")
    user = make_user(tree.session, tree.bodies[name], role)
    sign_in(client, user)
    return user
