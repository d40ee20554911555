"""A Postgres of its own in a folder, with LiteLLM's tables."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.real_gateway.needs import environment, postgres_folder
from tests.real_gateway.processes import free_port, process, wait_until

USER = "llmcost"
# Postgres refuses to be run by root
NOBODY = "nobody"


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run one, and give its address; `folder` is one that everybody can reach."""
    programs, user, data = postgres_folder(), NOBODY if os.getuid() == 0 else None, folder / "data"
    assert programs is not None
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user)
    making: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        USER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    subprocess.run(making, check=True, stdout=subprocess.DEVNULL, cwd=data, user=user)
    port = free_port()
    url = f"postgresql://{USER}@127.0.0.1:{port}/postgres"
    settings = ["listen_addresses=127.0.0.1", f"unix_socket_directories={data}", "fsync=off", "max_connections=50"]
    words: list[str | Path] = [
        programs / "postgres",
        "-D",
        data,
        "-p",
        str(port),
        *(word for one in settings for word in ("-c", one)),
    ]
    log = folder / "postgres.log"
    with process(words, log, user=user):
        wait_until(lambda: answers(url), 30, log)
        make_tables(url)
        yield url


def answers(url: str) -> bool:
    """Whether it takes questions."""
    return not subprocess.run(["psql", url, "-c", "select 1"], capture_output=True).returncode


def make_tables(url: str) -> None:
    """Run LiteLLM's own migrations in their order, as its proxy would by a program that is in no package registry."""
    scripts = sorted(environment().glob("lib/python*/site-packages/litellm_proxy_extras/migrations/*/migration.sql"))
    words = ["psql", "-q", "-v", "ON_ERROR_STOP=1", url, *(word for one in scripts for word in ("-f", str(one)))]
    subprocess.run(words, check=True, capture_output=True, text=True)
