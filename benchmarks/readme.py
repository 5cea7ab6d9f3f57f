"""Writes the measured tables into README.md, so that they cannot drift from what was measured:

python -m benchmarks.readme
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from benchmarks.__main__ import RESULTS, SUITES

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- figures: python -m benchmarks.readme -->", "<!-- /figures -->"


def rendered() -> str:
    """One table for each suite that has a result, with the command that makes it, the day and the machine."""
    parts = []
    for name, suite in SUITES.items():
        path = RESULTS / f"{name}.json"
        if not path.exists():
            continue
        result = json.loads(path.read_text(encoding="utf-8"))
        head, *rows = suite.table(result["figures"])
        lines = [f"`python -m benchmarks {name}`（{result['made'][:10]}，{result['cores']} 核）：", ""]
        lines += [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
        lines += [f"| {' | '.join(row)} |" for row in rows]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def main() -> None:
    text = README.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.S)
    if not pattern.search(text):
        raise SystemExit(f"{README}: no place for the figures ({BEGIN} … {END})")
    README.write_text(pattern.sub(lambda _: f"{BEGIN}\n\n{rendered()}\n\n{END}", text), encoding="utf-8")


if __name__ == "__main__":
    main()
