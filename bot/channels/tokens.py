"""Signed tokens: who is talking, and in which conversation. The sender id is made here and nowhere else."""

from __future__ import annotations

import functools
import hashlib
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt

from bot.errors import Problem

ALGORITHM = "HS256"
KEY_BYTES = 48
SUBJECT_CHARS = 128


class BadToken(Exception):  # noqa: N818 - says what is the case
    """The token is missing, not ours, spent or malformed; the message is a Chinese sentence for the one who sent it."""


@dataclass(frozen=True)
class Identity:
    """Who a token speaks for.

    subject: the customer's id, or a visitor's random id; session: parts conversations of one subject, mostly empty;
    sender_id: Rasa's conversation id, 32 hexadecimal digits, not to be guessed back from without the subject.
    """

    subject: str
    anonymous: bool
    session: str = ""

    @property
    def customer_id(self) -> str | None:
        return None if self.anonymous else self.subject

    @functools.cached_property
    def sender_id(self) -> str:
        kind = "visitor" if self.anonymous else "customer"
        return hashlib.sha256("\x1f".join(("zhike", kind, self.subject, self.session)).encode("utf-8")).hexdigest()[:32]


def load_key(home: Path, given: str = "") -> bytes:
    """The signing key: `given`, or the one in home/secret.key, made there readable to this user only when missing."""
    if given:
        return given.encode("utf-8")
    path = home / "secret.key"
    if not path.exists():
        _make_key(path)
    key = path.read_bytes().strip()
    if len(key) < 32:
        raise Problem(
            f"密钥文件 {path} 太短",
            f"只有 {len(key)} 字节，至少要 32 字节",
            f"删掉它会自动生成新的（旧令牌随之失效）：rm {path}",
            code=2,
        )
    return key


def _make_key(path: Path) -> None:
    """Atomically: two processes that start together end up with the same key, and nobody reads half a one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
    try:
        os.link(mine, path)
    except FileExistsError:
        pass  # the other process was first: its key counts
    finally:
        mine.unlink()


def issue(key: bytes, identity: Identity, hours: float) -> str:
    now = int(time.time())
    claims = {
        "sub": identity.subject,
        "anonymous": identity.anonymous,
        "session": identity.session,
        "iat": now,
        "exp": now + int(hours * 3600),
    }
    return jwt.encode(claims, key, algorithm=ALGORITHM)


def visitor(session: str = "") -> Identity:
    """A new anonymous visitor."""
    return Identity(f"v-{secrets.token_hex(12)}", anonymous=True, session=session)


def verify(key: bytes, token: object) -> Identity:
    """The identity a token speaks for. Raises BadToken."""
    if not isinstance(token, str) or not token:
        raise BadToken("没有令牌：请求头要带 Authorization: Bearer <令牌>")
    try:
        claims = _signed_claims(key, token)
        expires = int(claims["exp"])
    except (jwt.PyJWTError, TypeError, ValueError, OverflowError):
        raise BadToken("令牌无效：不是本店签发的，或者不完整") from None
    if expires <= time.time():
        raise BadToken("令牌过期了，请重新取一个")
    subject, session, anonymous = claims["sub"], claims.get("session", ""), claims.get("anonymous", False)
    if (
        not subject
        or len(subject) > SUBJECT_CHARS
        or not isinstance(session, str)
        or len(session) > SUBJECT_CHARS
        or not isinstance(anonymous, bool)
    ):
        raise BadToken("令牌无效：内容不合规定（sub、session 是不超过 128 字的字符串，anonymous 是 true 或 false）")
    return Identity(subject, anonymous, session)


@functools.lru_cache(maxsize=4096)
def _signed_claims(key: bytes, token: str) -> dict[str, Any]:
    """What a token with a good signature says. Every message of a talk comes with the same one; whether it is spent is
    looked at each time. Raises PyJWTError.
    """
    wanted = {"require": ["sub", "exp"], "verify_exp": False}
    return jwt.decode(token, key, algorithms=[ALGORITHM], options=wanted)


def bearer(header: str | None) -> str | None:
    """The token in an Authorization header."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
