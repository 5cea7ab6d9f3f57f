"""`make bench`: every performance figure, printed as tables and written to benchmarks/results/*.json.

python -m benchmarks [NAME …]      names: see SUITES; default: all
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import cold_start, context, ranking, reading, reviews, scale, second_shop, turns

RESULTS = Path(__file__).with_name("results")
WORK = Path(__file__).resolve().parents[1] / "var" / "bench"
SUITES = {
    "turns": turns,
    "reading": reading,
    "second_shop": second_shop,
    "ranking": ranking,
    "cold_start": cold_start,
    "reviews": reviews,
    "context": context,
    "scale": scale,
}


def main(names: list[str]) -> int:
    unknown = set(names) - set(SUITES)
    if unknown:
        print(f"没有这样的测量：{', '.join(sorted(unknown))}；有：{', '.join(SUITES)}", file=sys.stderr)
        return 2
    WORK.mkdir(parents=True, exist_ok=True)
    RESULTS.mkdir(exist_ok=True)
    for name in names or list(SUITES):
        figures = SUITES[name].run(WORK)
        head, *rows = SUITES[name].table(figures)
        printed = Table(*head, title=f"{name} (python -m benchmarks {name})")
        for row in rows:
            printed.add_row(*row)
        Console().print(printed)
        made = {
            "made": dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"),
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "python": platform.python_version(),
            "figures": figures,
        }
        (RESULTS / f"{name}.json").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
