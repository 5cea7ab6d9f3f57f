"""Item neighbours on Spark in two tiers, both by `recommender.kernel`, so that no bit differs from one machine.

Broadcast: every worker holds the matrix, a task computes some rows. Good while the matrix fits a worker.
Stored blocks: items are dealt into B blocks by item % B (ranges would put all that sells well into one), each a CSR
file in a folder that every worker sees. The task of block I streams the blocks J one by one and keeps the best k so
far: no result is shuffled, and no task holds more than two blocks. This is right because rows of the similarity are
independent, and the best k of all columns are the best k of what the blocks of columns gave (`kernel.merged`)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
import scipy.sparse as sp

from recommender.archive import csr_arrays, csr_of
from recommender.kernel import merged, neighbours

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession

BROADCAST_BYTES = 2_000_000_000  # a larger matrix goes by stored blocks
BLOCK_BYTES = 1_000_000_000  # of one stored block; a task holds two, one of them also transposed in float64
_ENTRY_BYTES = 8  # a float32 weight and an int32 number
_Batches = Iterator["pyarrow.RecordBatch"]


def similarity(spark: SparkSession, matrix: sp.spmatrix, k: int, shrinkage: float, folder: str | Path) -> sp.csr_matrix:
    """Neighbours of the items of a matrix (users × items) that the driver holds, by the tier that its size asks for.
    folder: for stored blocks, seen by all workers. Returns CSR (items × items) as `kernel.neighbours`."""
    size = matrix.nnz * _ENTRY_BYTES
    if size <= BROADCAST_BYTES:
        return broadcast(spark, matrix, k, shrinkage)
    blocks = -(-size // BLOCK_BYTES)
    write_blocks(matrix, folder, blocks)
    stored(spark, folder, blocks, matrix.shape[1], k, shrinkage)
    return collected(folder, blocks, matrix.shape[1])


def broadcast(
    spark: SparkSession, matrix: sp.spmatrix, k: int, shrinkage: float = 0.0, tasks: int = 0
) -> sp.csr_matrix:
    """The broadcast tier. matrix: users × items, raw weights. tasks: default four for each core."""
    import pyarrow

    shape, items = matrix.shape, matrix.shape[1]
    context, threads = spark.sparkContext, _threads(spark)
    by_item = _canonical(matrix.T)
    shared = context.broadcast((by_item.data, by_item.indices, by_item.indptr))
    tasks = max(1, min(tasks or 4 * context.defaultParallelism, items))

    def rows_of(batches: _Batches) -> _Batches:
        rows = sp.csr_matrix(shared.value, shape=shape[::-1])
        for batch in batches:
            numbers = batch.column(0).to_numpy()
            if numbers.size:
                found = neighbours(rows[numbers], rows, k, numbers, shrinkage, threads)
                parts = [numbers.astype(np.int64), np.diff(found.indptr).astype(np.int64), found.indices, found.data]
                yield pyarrow.RecordBatch.from_arrays(
                    [pyarrow.array([part.tobytes()]) for part in parts], ["items", "counts", "indices", "data"]
                )

    answers = (
        spark.range(0, items, 1, tasks)
        .mapInArrow(rows_of, "items binary, counts binary, indices binary, data binary")
        .collect()
    )
    shared.destroy()
    counts, parts = np.zeros(items, np.int64), []
    for answer in answers:
        numbers, found = np.frombuffer(answer["items"], np.int64), np.frombuffer(answer["counts"], np.int64)
        counts[numbers] = found
        if numbers.size:
            parts.append(
                (numbers[0], np.frombuffer(answer["indices"], np.int32), np.frombuffer(answer["data"], np.float32))
            )
    parts.sort(key=lambda part: part[0])  # a task's items follow one another, so its rows lie together in the result
    indices = np.concatenate([part[1] for part in parts] or [np.zeros(0, np.int32)])
    data = np.concatenate([part[2] for part in parts] or [np.zeros(0, np.float32)])
    return sp.csr_matrix((data, indices, np.concatenate([[0], np.cumsum(counts)])), shape=(items, items))


def write_blocks(matrix: sp.spmatrix, folder: str | Path, blocks: int) -> None:
    """The stored blocks of a matrix (users × items) that the driver holds."""
    by_item = _canonical(matrix.T)
    for block in range(blocks):
        _write(_block_file(folder, block), by_item[block::blocks])


def store_blocks(events: DataFrame, folder: str | Path, blocks: int, users: int, items: int) -> None:
    """The stored blocks of what no machine holds: one shuffle by item % blocks. events: columns user and item
    (numbers from 0), weight; several rows of one pair add up."""
    import pyarrow

    def write(batches: _Batches) -> _Batches:
        for block, user, item, weight in _runs(batches):
            rows = sp.coo_matrix((weight, (item // blocks, user)), shape=(len(range(block, items, blocks)), users))
            _write(_block_file(folder, block), _canonical(rows))
            yield pyarrow.RecordBatch.from_arrays([pyarrow.array([block], pyarrow.int32())], ["block"])

    by_block = events.selectExpr(
        f"cast(item % {blocks} as int) block",
        "cast(user as int) user",
        "cast(item as int) item",
        "float(weight) weight",
    )
    # Sorted to the last column, so that repeated pairs add up in the same order on every run.
    sorted_ = by_block.repartition(blocks, "block").sortWithinPartitions("block", "item", "user", "weight")
    written = {row["block"] for row in sorted_.mapInArrow(write, "block int").collect()}
    for block in set(range(blocks)) - written:
        _write(_block_file(folder, block), sp.csr_matrix((len(range(block, items, blocks)), users), dtype=np.float32))


def stored(spark: SparkSession, folder: str | Path, blocks: int, items: int, k: int, shrinkage: float = 0.0) -> None:
    """The stored-block tier: from the blocks in the folder to files of neighbours beside them, one a block."""
    import pyarrow

    threads = _threads(spark)

    def rows_of(batches: _Batches) -> _Batches:
        for batch in batches:
            for block in batch.column(0).to_pylist():
                found = _neighbours_of(folder, block, blocks, items, k, shrinkage, threads)
                _write(_neighbours_file(folder, block), found)
                yield pyarrow.RecordBatch.from_arrays([pyarrow.array([block], pyarrow.int32())], ["block"])

    spark.range(0, blocks, 1, blocks).mapInArrow(rows_of, "block int").collect()


def collected(folder: str | Path, blocks: int, items: int) -> sp.csr_matrix:
    """What `stored` wrote as one matrix (items × items)."""
    together = sp.vstack([_read(_neighbours_file(folder, block)) for block in range(blocks)], format="csr")
    order = np.concatenate([np.arange(block, items, blocks) for block in range(blocks)])
    return together[np.argsort(order)]


def _neighbours_of(
    folder: str | Path, block: int, blocks: int, items: int, k: int, shrinkage: float, threads: int
) -> sp.csr_matrix:
    rows = _read(_block_file(folder, block))
    best = sp.csr_matrix((rows.shape[0], items), dtype=np.float32)
    for other in range(blocks):
        columns = rows if other == block else _read(_block_file(folder, other))
        own = np.arange(rows.shape[0]) if other == block else None
        found = neighbours(rows, columns, k, own, shrinkage, threads)
        # Numbered as in the whole; the order within a block stays, and with it the tie rule.
        whole = found.indices * np.int32(blocks) + np.int32(other)
        best = merged([best, sp.csr_matrix((found.data, whole, found.indptr), shape=best.shape)], k)
    return best


def _runs(batches: _Batches) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """(block, users, items, weights) of each block in a partition sorted by block."""
    kept: list[list[np.ndarray]] = []
    for batch in batches:
        columns = [column.to_numpy() for column in batch.columns]
        ends = np.flatnonzero(np.diff(columns[0])) + 1
        for part in zip(*(np.split(column, ends) for column in columns), strict=True):
            if part[0].size and kept and kept[0][0][0] != part[0][0]:
                yield _joined(kept)
                kept = []
            if part[0].size:
                kept.append(list(part))
    if kept:
        yield _joined(kept)


def _joined(parts: list[list[np.ndarray]]) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    block, user, item, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    return int(block[0]), user, item, weight


def _canonical(matrix: sp.spmatrix) -> sp.csr_matrix:
    rows = sp.csr_matrix(matrix, dtype=np.float32)
    rows.sum_duplicates()
    return rows


def _threads(spark: SparkSession) -> int:
    return int(spark.sparkContext.getConf().get("spark.task.cpus", "1"))


def _block_file(folder: str | Path, block: int) -> Path:
    return Path(folder) / f"block-{block:04d}.npz"


def _neighbours_file(folder: str | Path, block: int) -> Path:
    return Path(folder) / f"neighbours-{block:04d}.npz"


def _write(path: Path, matrix: sp.csr_matrix) -> None:
    """Whole or not at all: a task that is tried again replaces what the first one left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{uuid4().hex}.npz")
    np.savez(fresh, **csr_arrays("m", matrix))
    os.replace(fresh, path)


def _read(path: Path) -> sp.csr_matrix:
    with np.load(path, allow_pickle=False) as arrays:
        return csr_of("m", arrays)
