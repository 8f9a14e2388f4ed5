"""The database handle, the declarative base, and the one place that commits."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, MetaData, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry

from provincial.core.refusals import Refusal
from provincial.core.text import t


class Base(DeclarativeBase):
    """Base of every table: instants are aware, JSON is jsonb, constraint names are predictable."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: DateTime(timezone=True), dict: JSONB, list: JSONB},
    )


class Dated:
    """``created_at`` and ``updated_at`` for every table."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    updated_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), onupdate=func.clock_timestamp()
    )


class Numbered:
    """A bigint primary key made by the database."""

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class Versioned:
    """For records that people edit: the version a form carries, against lost updates."""

    version: Mapped[int] = mapped_column(default=1, server_default="1")


logger = logging.getLogger(__name__)
db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class Busy(Refusal):
    """A lock could not be had in time; nothing was done and trying again is right."""

    status = 503


class Clash(Refusal):
    """Somebody made the same thing at the same moment; the net below the checks of the rooms."""

    status = 409


#: unique_violation, exclusion_violation
_CLASH_CODES = frozenset({"23505", "23P01"})
#: lock_not_available, deadlock_detected, serialization_failure, query_canceled
_RETRY_CODES = frozenset({"55P03", "40P01", "40001", "57014"})


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: commits at the end, rolls back on any exception.

    The only place in the house that commits. A lock that cannot be had becomes ``Busy``, a row that
    somebody else made in the same moment ``Clash``.
    """
    session: Session = db.session()
    try:
        yield session
        session.commit()
    except OperationalError as error:
        session.rollback()
        if getattr(error.orig, "sqlstate", None) in _RETRY_CODES:
            raise Busy(
                t("Somebody else is saving the same figures. Nothing was changed; try again.")
            ) from error
        raise
    except IntegrityError as error:
        session.rollback()
        if getattr(error.orig, "sqlstate", None) in _CLASH_CODES:
            logger.warning("clash on %s", error.orig.diag.constraint_name)  # type: ignore[union-attr]
            raise Clash(
                t("Somebody else has just done the same. Open the page again and look.")
            ) from error
        raise
    except BaseException:
        session.rollback()
        raise


def lock(row: Base) -> None:
    """Lock the row of a thing to the end of the transaction and read it anew.

    What the caller has changed is written first: a bare refresh would silently throw it away.
    """
    db.session.flush()
    db.session.refresh(row, with_for_update={"of": type(row)})
