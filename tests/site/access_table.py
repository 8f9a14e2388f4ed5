"""Reads ``access_table.txt``: who may open what, written down apart from the code that decides (R2).

A line is an endpoint, the side of the thing (``near``, ``far``; ``-`` where there is no thing) and
one sign per person: ``+`` may, ``3`` sees it but may not (403), ``4`` does not exist for them
(404), ``>`` is sent to sign in. The first line names the people.

A change of the table is a change of rights: it is read by a second person. The test prints the
line that the site would have today; whoever copies it answers for it.
"""

from __future__ import annotations

from pathlib import Path

TABLE = Path(__file__).with_name("access_table.txt")


def read_table() -> tuple[tuple[str, ...], dict[tuple[str, str], str]]:
    """The people, and the signs by endpoint and side."""
    lines = [
        line.split()
        for line in TABLE.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    people, *rows = lines
    table: dict[tuple[str, str], str] = {}
    for endpoint, side, *signs in rows:
        assert (endpoint, side) not in table, f"{endpoint} {side} stands twice"
        table[endpoint, side] = "".join(signs)
    return tuple(people[2:]), table


def line_of(endpoint: str, side: str, signs: str) -> str:
    """One line as the table has it."""
    return f"{endpoint:<36}{side:<6}{'  '.join(signs)}"
