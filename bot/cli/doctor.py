"""`zhike doctor`: looks the installation over and says what to paste to repair it."""

from __future__ import annotations

import difflib
import importlib.metadata
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from bot.errors import Problem
from bot.settings import PREFIX, ROOT, Settings, load

# What the code reads that is no setting of settings.toml.
OTHER_VARIABLES = frozenset({"ZHIKE_DEBUG", "ZHIKE_PYTHON", "ZHIKE_CACHE", "ZHIKE_UTF8_SET", "ZHIKE_TESTS_NO_SKIP"})


@dataclass(frozen=True)
class Finding:
    name: str
    well: bool
    told: str
    fix: str = ""


def run(as_json: Annotated[bool, typer.Option("--json", help="标准输出只打一个 JSON")] = False) -> None:
    """检查 Python、依赖、设置、数据库、模型和端口；有问题时说怎么修，并以 1 退出。"""
    settings = load()
    checks: tuple[Callable[[Settings], Finding], ...] = (
        _python,
        _packages,
        _variables,
        _home,
        _database,
        _model,
        _service,
    )
    findings = [check(settings) for check in checks]
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{'✓' if finding.well else '✗'} {finding.name}：{finding.told}")
            if finding.fix:
                print(f"    怎么修：{finding.fix}")
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def _python(_: Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    well = sys.version_info[:2] == (3, 10)
    return Finding("Python", well, version, "" if well else "rm -rf .venv && scripts/setup")


def _packages(_: Settings) -> Finding:
    """Direct dependencies of pyproject.toml, by name; the lock holds the exact versions."""
    import tomli

    project = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    missing = []
    for requirement in project["dependencies"]:
        name = requirement.split("=")[0].split(">")[0].split("<")[0].split("[")[0].strip()
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    return Finding(
        "依赖",
        not missing,
        f"缺 {'、'.join(missing)}" if missing else f"{len(project['dependencies'])} 个都在",
        "scripts/setup" if missing else "",
    )


def _variables(_: Settings) -> Finding:
    known = {PREFIX + key.upper() for key in Settings.__fields__} | OTHER_VARIABLES
    strange = [name for name in os.environ if name.startswith(PREFIX) and name not in known]
    if not strange:
        return Finding("环境变量", True, "没有写错的 ZHIKE_ 变量")
    near = difflib.get_close_matches(strange[0], sorted(known), n=1)
    return Finding(
        "环境变量",
        False,
        f"不认识 {'、'.join(strange)}，它们不起作用",
        f"是不是 {near[0]}？" if near else f"unset {strange[0]}",
    )


def _home(settings: Settings) -> Finding:
    settings.home.mkdir(parents=True, exist_ok=True)
    well = os.access(settings.home, os.W_OK)
    return Finding("数据目录", well, str(settings.home), "" if well else f"chmod u+w {settings.home}")


def _database(settings: Settings) -> Finding:
    from store import Store, StoreError

    try:
        with Store.open(settings.url, busy_timeout_ms=settings.busy_ms) as store:
            store.check_writable()
            goods = len(store.catalogue.snapshot().products)
    except StoreError as error:
        return Finding("数据库", False, str(error), "看 ZHIKE_DATABASE_URL、磁盘空间和文件权限")
    return Finding(
        "数据库",
        goods > 0,
        f"能读写，{goods} 件商品",
        "" if goods else "zhike demo（演示店铺）或 zhike import products 文件.csv",
    )


def _model(settings: Settings) -> Finding:
    from bot import training
    from bot.runtime.models import current

    try:
        model = current(settings.models)
    except Problem as error:
        return Finding("模型", False, f"{error.what}：{error.why}", error.fix)
    reason = training.needed(settings, quick=model.manifest.get("quick", False))
    return Finding(
        "模型", reason is None, f"{model.version}{f'；{reason}' if reason else ''}", "zhike train" if reason else ""
    )


def _service(settings: Settings) -> Finding:
    """Whether a bot answers at the port. None is no fault."""
    try:
        with urllib.request.urlopen(f"{settings.origin}/webhooks/web/health", timeout=5) as response:
            return Finding("服务", response.status == 200, f"{settings.origin} 正常")
    except urllib.error.HTTPError as error:
        return Finding(
            "服务",
            False,
            f"{settings.origin} 有问题：{error.read().decode('utf-8', 'replace')}",
            f"看 {settings.logs}/zhike.log",
        )
    except OSError:
        return Finding("服务", True, f"{settings.origin} 上没有在运行（要运行：zhike serve）")
