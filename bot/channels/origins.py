"""Which web pages may talk to the bot: its own, and those the merchant has named."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Origins:
    def __init__(self, named: Iterable[str]):
        self._named = frozenset(origin.rstrip("/").lower() for origin in named)

    def named(self, origin: str | None) -> bool:
        """Whether the merchant has named this page; it gets CORS headers."""
        return bool(origin) and origin.rstrip("/").lower() in self._named

    def allows(self, origin: str | None, host: str) -> bool:
        """`origin`, `host`: the request's headers. Without an Origin it is no browser, and the token decides."""
        if not origin:
            return True
        return urlsplit(origin).netloc.lower() == host.lower() or self.named(origin)


def from_this_machine(ip: str, host: str) -> bool:
    """A browser on this machine that knows it: the Host header too, so that no foreign name may point at 127.0.0.1."""
    return ip.removeprefix("::ffff:") in LOOPBACK and (urlsplit(f"//{host}").hostname or "") in LOOPBACK
