"""What the ids of a cloud say of where it ran a model."""

from __future__ import annotations

import re

# Where a cloud ran it: that has a price of its own for few models.
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
# Of those the ones whose prices have names of their own: us-gov.anthropic.claude-sonnet-5.
GEOGRAPHY = re.compile(r"(us-gov)-")
# Bedrock's, in an ARN or as gateways write it: bedrock/eu-west-2/..., bedrock/converse/eu-west-2/... A profile's ARN
# names the region that was asked; its own prefix, which stays, names the geography that answered.
REGIONAL = re.compile(
    rf"(?:bedrock\w*/(?:\w+/)?|arn:aws[\w-]*:bedrock:)({REGION.pattern})(?:::foundation-model)?/([^/]+)"
)

# Vertex AI's full names. All endpoints but the global one ask the same more for newer models.
LOCATED = re.compile(r"projects/[^/]+/locations/([\w-]+)/publishers/.+")
ENDPOINT = "regional"


def endpoint(model: str) -> str | None:
    """Tell whether a full name of Vertex AI's says that an endpoint of a region answered."""
    found = LOCATED.fullmatch(model)
    return ENDPOINT if found and found[1] != "global" else None


def in_region(model: str) -> tuple[str, str] | None:
    """Take an id of Bedrock apart that names a region: the region, and the id without it."""
    found = REGIONAL.fullmatch(model)
    return (found[1], found[3]) if found else None
