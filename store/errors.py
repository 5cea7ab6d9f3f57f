"""What can go wrong in the store. Every message is a Chinese sentence that can be shown to people."""

from __future__ import annotations


class StoreError(Exception):
    """Anything the store could not do."""


class StoreUnavailable(StoreError):  # noqa: N818 - says what is the case
    """The database can't be reached, is locked by another program, or takes no writes. Nothing was half done."""


class DeadlinePassed(StoreError):  # noqa: N818 - says what is the case
    """The write would have been committed after its deadline and was rolled back."""

    def __init__(self, message: str = "处理超时，这一步没有执行。") -> None:
        super().__init__(message)


class NotFound(StoreError):  # noqa: N818 - says what is the case
    """There is no such row, or it belongs to another customer (the two are told apart to nobody)."""


class OrderNotCancellable(StoreError):  # noqa: N818 - says what is the case
    """The order's state forbids cancelling. ``reason_zh`` says why and what is possible instead."""

    def __init__(self, reason_zh: str) -> None:
        super().__init__(reason_zh)
        self.reason_zh = reason_zh


class OrderNotChangeable(StoreError):  # noqa: N818 - says what is the case
    """The order's state, or the goods, forbid the change. ``reason_zh`` says why and what is possible instead."""

    def __init__(self, reason_zh: str) -> None:
        super().__init__(reason_zh)
        self.reason_zh = reason_zh
