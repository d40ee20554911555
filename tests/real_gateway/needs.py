"""What the proxy needs that pip does not bring, and whether it is here; it runs before there is an environment."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

# Debian leaves the server out of the path
DEBIAN = Path("/usr/lib/postgresql")
VARIABLE = "LLMCOST_TEST_GATEWAY"


def postgres_folder() -> Path | None:
    """Find the newest Postgres."""
    named = shutil.which("postgres")
    found = [*DEBIAN.glob("*/bin/postgres"), *([Path(named)] if named else [])]
    folders = [path.resolve().parent for path in found]
    return max((path for path in folders if (path / "initdb").exists()), default=None)


def missing_tools() -> Iterator[str]:
    """Name what is to be installed by hand."""
    yield from (f"no {name}" for name in ("node", "npm", "psql") if shutil.which(name) is None)
    if postgres_folder() is None:
        yield "no Postgres server"


def environment() -> Path:
    """Give where the proxy is installed, beside its engine of Prisma's."""
    return Path(os.environ[VARIABLE])


def missing() -> str:
    """Say why there is no proxy; nothing where there is one."""
    return ", ".join(missing_tools()) if VARIABLE in os.environ else "`make test-gateway` runs it"


if __name__ == "__main__":
    print(", ".join(missing_tools()))
