"""What a request may be: size and pace. Refusals carry an HTTP status and a Chinese reason."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

REMEMBERED = 50_000  # conversations whose pace is known


class Refused(Exception):  # noqa: N818 - says what is the case
    """A request that is not served. `status`: HTTP status; the message is for whoever sent it."""

    def __init__(self, status: int, reason: str):
        super().__init__(reason)
        self.status, self.reason = status, reason


class Pace:
    """A bucket of `per_minute` messages for each conversation, filled evenly. 0: no limit."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic):
        self._size, self._clock = per_minute, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, sender_id: str) -> None:
        """Raises Refused 429 when the bucket is empty."""
        if not self._size:
            return
        now = self._clock()
        left, since = self._buckets.get(sender_id, (float(self._size), now))
        left = min(float(self._size), left + (now - since) * self._size / 60)
        if left < 1:
            raise Refused(429, "发得太快了，请等几秒再发")
        self._buckets[sender_id] = (left - 1, now)
        self._buckets.move_to_end(sender_id)
        while len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)


def checked_message(message: object, longest: int) -> str:
    """A message's text. Raises Refused 400 or 413."""
    if message is None:
        raise Refused(400, '请求里没有 message：要写成 {"message": "您好"}')
    if not isinstance(message, str):
        raise Refused(400, "message 要是一段文字（JSON 字符串）")
    if len(message) > longest:
        raise Refused(413, f"这条消息太长了：{len(message)} 个字，最多 {longest} 个。请分几条发")
    if not message.strip():
        raise Refused(400, "消息是空的")
    return message
