"""From cells to typed rows; every cell that can't be read is named by line and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from store.importing.kinds import Column, Kind
from store.importing.reading import RawTable
from store.importing.report import ImportFailed, Problem, Report
from store.importing.values import Unknown


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    values: dict[str, Any]
    """One value for each column of the kind, and ``extra`` with the columns that the kind doesn't know."""


def parse(kind: Kind, table: RawTable, report: Report) -> list[Row]:
    """Counts ``report.read``, notes problems and notices. The rows are of use only when there was no problem.

    Raises ``ImportFailed`` when the header can't be used or the file breaks off.
    """
    placed = _placed(kind, table.header)
    missing = [column for column in kind.columns if column not in [column for _, _, column in placed]]
    defaults = {column.name: column.empty for column in missing}
    known = {index for index, _, _ in placed}
    others = [(index, name) for index, name in enumerate(table.header) if index not in known and name]
    rows: list[Row] = []
    for line, cells in table.rows:
        report.read += 1
        values = dict(defaults)
        extra = {name: cells[index] for index, name in others if not _is_empty(cells[index])}
        for index, header, column in placed:
            values[column.name] = _value(cells, index, line, header, column, extra, report)
        values["extra"] = extra
        rows.append(Row(line, values))
    return rows


def _placed(kind: Kind, header: Sequence[str]) -> list[tuple[int, str, Column]]:
    placed: dict[str, tuple[int, str, Column]] = {}
    for index, name in enumerate(header):
        column = kind.column_of(name)
        if column is None:
            continue
        if column.name in placed:
            # The canonical name wins over an alias; two of a rank can't be told apart.
            if placed[column.name][1] == column.name:
                continue
            if name != column.name:
                raise ImportFailed(
                    Problem(
                        1,
                        name,
                        f"和“{placed[column.name][1]}”列是同一个意思（{column.name}）。请只留一列，或把另一列改名。",
                    )
                )
        placed[column.name] = (index, name, column)
    for column in kind.columns:
        if column.needed and column.name not in placed:
            also = "、".join(column.aliases[:3])
            raise ImportFailed(
                Problem(1, column.name, f"{kind.name_zh}表缺少这一列（也可以叫{also}）。请在第一行补上列名。")
            )
    return list(placed.values())


def _value(
    cells: Sequence[Any], index: int, line: int, header: str, column: Column, extra: dict[str, Any], report: Report
) -> Any:
    cell = cells[index]
    if _is_empty(cell):
        if column.needed:
            report.problem(line, header, "不能为空。请补上。")
        return column.empty
    try:
        value = column.read(cell)
    except (ValueError, TypeError, OverflowError) as error:
        said = str(error)
        report.problem(line, header, said if said.endswith("。") else "这一格读不懂，请检查。")
        return column.empty
    if type(value) is Unknown:
        report.notice(line, header, f"不认识“{value}”，按原样保留。")
        if column.empty is None and not column.needed:
            # A yes or no that is neither: unknown, with the words kept beside.
            extra[header] = str(value)
            return None
        return str(value)
    return value


def _is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip()) or cell != cell
