"""What goes wrong, told to a person: what it is, why, and how to mend it."""

from __future__ import annotations


class Problem(Exception):  # noqa: N818 - says what is the case
    """A failure that its reader can mend. `code` is the exit code: 1 the work found a problem, 2 the call or input is
    wrong.
    """

    def __init__(self, what: str, why: str = "", fix: str = "", code: int = 1):
        super().__init__(what)
        self.what, self.why, self.fix, self.code = what, why, fix, code

    def __str__(self) -> str:
        lines = [f"出错了：{self.what}"]
        if self.why:
            lines.append(f"  原因：{self.why}")
        if self.fix:
            lines.append(f"  怎么修：{self.fix}")
        return "\n".join(lines)
