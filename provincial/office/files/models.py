"""The table of stored files."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from provincial.core.db import Base, Dated, Numbered


class StoredFile(Numbered, Dated, Base):
    """One file: its key in the store, digest, size, type, the name people gave it, whose it is."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    storage_key: Mapped[str] = mapped_column(String(120), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(40))
    org_path: Mapped[str] = mapped_column(String(200), default="/")
    by_user_id: Mapped[int | None] = mapped_column(BigInteger)
