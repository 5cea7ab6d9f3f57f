"""A Spark session, or a sentence that says what is missing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from recommender.errors import RecommenderError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCAL = "local[*]"


class NoSpark(RecommenderError, RuntimeError):  # noqa: N818  reads as what happened
    """Spark cannot be started here: what, why and how to mend it, in Chinese."""

    def __init__(self, what: str, why: str, fix: str) -> None:
        super().__init__(f"{what}：{why}。{fix}。")
        self.what, self.why, self.fix = what, why, fix


def require() -> None:
    """Raises NoSpark when Java or pyspark is missing."""
    if not _java():
        raise NoSpark(
            "启动不了 Spark",
            "找不到 Java，Spark 运行在它上面，需要 17（11、8 也行）",
            "装一个再来：apt-get install openjdk-17-jre-headless；装在别处就设 JAVA_HOME；"
            "不用 Spark 就去掉 --engine spark",
        )
    try:
        import pyspark.sql  # noqa: F401
    except ImportError as error:
        raise NoSpark(
            "启动不了 Spark",
            f"没有装 pyspark（{error}），它是可选的，有三百多兆",
            "装上：.venv/bin/uv pip install --require-hashes -r scripts/spark.lock；不用 Spark 就去掉 --engine spark",
        ) from error


@contextmanager
def session(master: str = LOCAL, memory: str = "2g", threads: int = 1) -> Iterator[SparkSession]:
    """A session on `master` (local[2], spark://host:7077, yarn …), stopped at the end. memory: of the driver, as Java
    writes it; threads: of one task (spark.task.cpus), which the kernel uses. Raises NoSpark."""
    require()
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master(master).appName("zhike")
    if master.startswith("local"):
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    options = {"spark.driver.memory": memory, "spark.task.cpus": threads, "spark.ui.enabled": "false"}
    for name, value in options.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except Exception as error:  # py4j wraps whatever Java threw
        raise NoSpark(
            f"连不上 Spark（{master}）",
            str(error).splitlines()[0].rstrip("."),
            "看看 --master 写得对不对：单机写 local[2]，集群写 spark://主机:7077；再看主节点是不是在运行",
        ) from error
    spark.sparkContext.setLogLevel("ERROR")
    try:
        yield spark
    finally:
        spark.stop()


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
