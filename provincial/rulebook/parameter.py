"""What one parameter of a notice is, and a group of them: the building bricks of the schema."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from provincial.core.text import Text
from provincial.rulebook.values import Kind, Value
from provincial.rulebook.vocabulary import Term


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that a notice sets, leaves open, or does not speak of.

    ``key`` is ``group.name``. ``default`` is a house default that holds while the notice's file
    says nothing; a ``nullable`` parameter is simply absent then; every other one must be listed
    when its group applies. Bounds include their ends.
    """

    key: str
    kind: Kind
    label: Text
    unit: Text | None = None
    nullable: bool = False
    default: Value = None
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    choices: tuple[Term, ...] = ()

    @property
    def group(self) -> str:
        """The part of the key before the dot."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """The part of the key after the dot."""
        return self.key.partition(".")[2]

    @property
    def must_be_listed(self) -> bool:
        """Whether a notice whose groups include this one has to list it."""
        return not self.nullable and self.default is None

    def choice(self, code: str) -> Term | None:
        """The allowed word with this code."""
        return next((term for term in self.choices if term.code == code), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters that one part of a notice speaks of; ``always`` means every notice does."""

    code: str
    label: Text
    parameters: tuple[Parameter, ...]
    always: bool = False
