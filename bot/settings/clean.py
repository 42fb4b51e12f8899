"""Checks of single values: addresses and lists, as a file or an environment variable writes them."""

import json
from urllib.parse import urlsplit

WEB = frozenset({"http", "https"})
REDIS = frozenset({"redis", "rediss", "unix"})


def as_list(value: object) -> object:
    """Accept `a, b` or a JSON list where a list is expected, because the environment has nothing but text."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            raise ValueError('expected a list such as a,b or ["a", "b"]') from None
    return [item.strip() for item in value.split(",") if item.strip()]


def web_address(value: str) -> str:
    """An http(s) address without its last slash, or ""."""
    if value:
        parts = urlsplit(value)
        if parts.scheme not in WEB or not parts.hostname:
            raise ValueError("expected an address such as https://support.example.com")
    return value.rstrip("/")


def shop_origin(value: str) -> str:
    """An origin as browsers send it: scheme, host and perhaps a port, in lower case, nothing behind it."""
    parts = urlsplit(value)
    if (
        parts.scheme not in WEB
        or not parts.hostname
        or parts.path.strip("/")
        or parts.query
        or parts.username
    ):
        raise ValueError("expected an origin such as https://shop.example.com, without a path")
    return f"{parts.scheme}://{parts.netloc}".lower()


def redis_address(value: str) -> str:
    """An address of a Redis server, or "" for none."""
    if value and urlsplit(value).scheme not in REDIS:
        raise ValueError("expected an address such as redis://localhost:6379/0, or nothing")
    return value
