"""Keys of a proxy that has no database: `sk-NAME` is the key NAME."""

from __future__ import annotations

from litellm.proxy._types import UserAPIKeyAuth


async def user_api_key_auth(request: object, api_key: str) -> UserAPIKeyAuth:
    """Let everybody in."""
    return UserAPIKeyAuth(api_key=api_key, key_alias=api_key.removeprefix("sk-"))
