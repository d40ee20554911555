"""The key under which content is hashed: the store's own, or one of a file that does not lie beside the hashes.

Whoever has the key can guess short texts and see whether their hashes are there. So a store whose key is in a file
holds only what tells whether it is that key.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

from llmcost.errors import StoreError, UsageError
from llmcost.store import Store

VARIABLE = "LLMCOST_CONTENT_KEY_FILE"
LEAST_BYTES, MOST_BYTES = 16, 1 << 20
# stands in a store for a key that it does not hold; its own are UUIDs
ELSEWHERE = "file:"
MAKE_ONE = "`head -c 32 /dev/urandom > KEYFILE` makes one; keep it, and keep it away from the store"


def begin_hashing(store: Store, *, hashes_text: bool = True) -> None:
    """Take the key for the hashes of content, and for names of raw API keys, as variables of the connection.

    Raises StoreError where the store's hashes would not be ours, UsageError where its key is another.
    """
    kept, is_ours = store.rows("select content_key, probe = hash('llmcost-probe') from hashing")[0]
    if not is_ours:
        raise StoreError(
            f"{store.path}: another DuckDB filled this store, which hashes otherwise", hint="begin a new one"
        )
    key = key_of(store, str(kept))
    store.execute("set variable name_key = $1::varchar", [key])
    store.execute("set variable content_key = $1::varchar", [key if hashes_text else None])


def key_of(store: Store, kept: str) -> str:
    """Find the key of a store: its own, or the file's, which an empty store takes. Raises UsageError."""
    file = os.environ.get(VARIABLE)
    if not file and kept.startswith(ELSEWHERE):
        raise UsageError(f"{store.path}: its hashes have a key that is in a file", hint=f"name it in {VARIABLE}")
    if not file:
        return kept
    content = content_of(file)
    mark = ELSEWHERE + derived(content, b"check")
    if kept != mark:
        if kept.startswith(ELSEWHERE):
            raise UsageError(f"{store.path}: its hashes have another key than {VARIABLE}={file}", hint="name that one")
        if store.rows("select 1 from requests limit 1"):
            raise UsageError(
                f"{store.path}: its hashes have a key of its own, and cannot go on with that of {VARIABLE}={file}",
                hint="ingest the logs into a new store, or unset the variable",
            )
        store.execute("update hashing set content_key = $1", [mark])
    return derived(content, b"key")


def content_of(file: str) -> bytes:
    """Read a key. Raises UsageError where it cannot be read, or is too short to be one."""
    if Path(file).exists() and not Path(file).is_file():
        raise UsageError(f"{VARIABLE}={file}: not a file", hint=MAKE_ONE)
    try:
        with Path(file).open("rb") as stream:
            content = stream.read(MOST_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise UsageError(f"{VARIABLE}={file}: cannot be read: {reason}", hint=MAKE_ONE) from error
    if len(set(content)) == 1:
        raise UsageError(f"{VARIABLE}={file}: one byte repeated is not a key", hint=MAKE_ONE)
    if len(content.strip()) < LEAST_BYTES:
        raise UsageError(
            f"{VARIABLE}={file}: {len(content.strip())} bytes are too few for a key, which has at least {LEAST_BYTES}",
            hint=MAKE_ONE,
        )
    return content


def derived(content: bytes, use: bytes) -> str:
    """Make of a key a value for one use, from which neither the key nor a value for another use can be had."""
    return blake2b(content, digest_size=32, person=b"llmcost " + use).hexdigest()


def share_hashing(store: Store, like: Store) -> None:
    """Let an empty store hash as another does, so that their prompts can be compared."""
    store.execute("update hashing set content_key = $1", [like.value("select content_key from hashing")])
