"""What channels know of a message: its parts, its title, its id as a header."""

from __future__ import annotations

import string
from hashlib import sha256
from typing import Any
from urllib.parse import quote

Message = dict[str, Any]
RESOLVED = "resolved"
# receivers refuse headers of a size
LONGEST = 255
# what a header can hold as it stands
HEADER_SAFE = string.punctuation.replace("%", "")


def title(message: Message) -> str:
    """Say in a few words how bad it is and of what."""
    return f"{RESOLVED if message['event'] == RESOLVED else message['severity']}: {message['alert']}"


def id_header(message: Message) -> dict[str, str]:
    """Write the id as a header; letters that none can hold are escaped as in an address, and a long one is hashed."""
    id = quote(message["id"], safe=HEADER_SAFE)
    return {"Idempotency-Key": id if len(id) <= LONGEST else sha256(message["id"].encode()).hexdigest()}
