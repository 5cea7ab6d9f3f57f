"""Training: the language and dialogue model by Rasa, segments and recommender from the store; a new version, switched
to atomically.

The language model is taken over from an earlier version when nothing it depends on has changed (bot.fingerprint).
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import fingerprint
from bot.errors import Problem
from bot.runtime.models import RASA, RECOMMENDER, NoModel, TrainedModel, current, publish, sha256, versions
from bot.settings import ROOT, Settings
from store.clock import now

logger = logging.getLogger(__name__)
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Trained:
    """What a training did. Seconds are those of this run; 0 where nothing had to be done."""

    version: str
    folder: str
    language_trained: bool
    recommender_trained: bool
    language_seconds: float
    recommender_seconds: float
    customers: int
    products: int
    interactions: int
    segments: int


def needed(settings: Settings, quick: bool = False) -> str | None:
    """Why training is needed before the bot can serve, in Chinese; None when what is there is valid and made from
    today's sources.
    """
    try:
        model = current(settings.models)
    except NoModel as error:
        return f"{error.what}（{error.why}）"
    if broken := model.damaged():
        return f"模型文件损坏：{broken[0]}"
    if model.manifest["language"]["fingerprint"] != fingerprint.language(quick):
        return "训练数据、词典、组件代码或配置变了"
    if model.manifest["recommender"]["fingerprint"] != fingerprint.recommender():
        return "推荐的代码变了"
    return None


def train(
    settings: Settings,
    quick: bool = False,
    force: bool = False,
    goods_only: bool = False,
    tell: Tell = lambda line: None,
    spark: str | None = None,
) -> Trained:
    """Train what is to be trained and switch to it. `goods_only`: the language model in use is kept, whatever changed.
    `tell` gets Chinese lines of what happens. spark: the master of a Spark that finds similar goods, None: done here.
    Raises Problem.
    """
    if spark is not None:
        _require_spark()
    settings.models.mkdir(parents=True, exist_ok=True)
    _drop_old_drafts(settings.models)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=settings.models))
    try:
        if goods_only:
            language, language_seconds = _language_in_use(settings, draft), 0.0
        else:
            language, language_seconds = _language(settings, draft, quick, force, tell)
        shop, shop_seconds = _recommender(settings, draft / RECOMMENDER, tell, spark)
        version = _free_version(settings.models)
        manifest = {
            "version": version,
            "made_at": now().isoformat(timespec="seconds"),
            "quick": quick,
            "language": language,
            "recommender": shop,
        }
        model = publish(settings.models, draft, manifest, settings.models_kept)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        (settings.models / f"{draft.name}.quick.yml").unlink(missing_ok=True)
    tell(f"已切换到新模型 {version}")
    return Trained(
        version,
        str(model.folder),
        language_seconds > 0,
        True,
        round(language_seconds, 1),
        round(shop_seconds, 1),
        shop["customers"],
        shop["products"],
        shop["interactions"],
        shop["segments"],
    )


def _free_version(models: Path) -> str:
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    names = [stamp, *(f"{stamp}-{n}" for n in range(2, 100))]
    return next(name for name in names if not (models / name).exists())


def _drop_old_drafts(models: Path) -> None:
    """What a broken-off training left, once it is surely nobody's any more."""
    for path in models.glob(".draft-*"):
        if time.time() - path.stat().st_mtime > 6 * 3600:
            shutil.rmtree(path, ignore_errors=True)


# --- language and dialogue ---------------------------------------------------------------------------


def _language(settings: Settings, draft: Path, quick: bool, force: bool, tell: Tell) -> tuple[dict[str, Any], float]:
    print_ = fingerprint.language(quick)
    earlier = None if force else _same_language(settings.models, print_)
    if earlier is not None:
        tell(f"语言理解：训练数据、词典、代码和配置都没变，沿用 {earlier.version} 的")
        _link(earlier.rasa, draft / RASA)
        return earlier.manifest["language"], 0.0
    tell("语言理解和对话：训练中……")
    started = time.perf_counter()
    train_rasa(settings, draft / RASA, quick)
    seconds = time.perf_counter() - started
    tell(f"语言理解和对话：训练好了，用时 {seconds:.0f} 秒")
    return {"fingerprint": print_, "seconds": round(seconds, 1), "sha256": sha256(draft / RASA)}, seconds


def _language_in_use(settings: Settings, draft: Path) -> dict[str, Any]:
    model = current(settings.models)
    _link(model.rasa, draft / RASA)
    return model.manifest["language"]


def _same_language(models: Path, print_: str) -> TrainedModel | None:
    """The newest version whose language model was trained from the same sources and is whole."""
    for folder in versions(models):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            model = TrainedModel.of(folder)
            if model.manifest["language"]["fingerprint"] == print_ and not model.damaged([RASA]):
                return model
    return None


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def train_rasa(settings: Settings, target: Path, quick: bool = False) -> None:
    """Rasa's own training of bot/config.yml, everything it prints into logs/train.log. Raises Problem."""
    settings.logs.mkdir(parents=True, exist_ok=True)
    log = settings.logs / "train.log"
    environment = {
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_MAX_CACHE_SIZE": "0",
        "ZHIKE_CACHE": str(settings.cache),
        "RASA_CACHE_DIRECTORY": str(settings.cache / "rasa"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TQDM_DISABLE": "1",
    }
    with log.open("a", encoding="utf-8") as out, _captured(out, environment) as caught, _quickly_packed():
        import rasa.model_training

        result = rasa.model_training.train(
            domain=str(ROOT / "bot/domain"),
            config=str(_quick_config(target.parent) if quick else ROOT / "bot/config.yml"),
            training_files=[
                str(path) for path in (ROOT / "data/nlu", ROOT / "data/rules", ROOT / "data/stories") if path.exists()
            ],
            output=str(target.parent),
            fixed_model_name=target.name,
            force_training=True,
        )
        for warning in caught:
            out.write(f"{warning.category.__name__}: {warning.message}\n")
    misaligned = [str(warning.message) for warning in caught if "Misaligned" in str(warning.message)]
    if result.code != 0 or not target.is_file():
        raise Problem("训练没有成功", f"Rasa 的说明在 {log}", "看日志最后几行，改好训练数据后再运行一次 zhike train")
    if misaligned:
        raise Problem(
            f"有 {len(misaligned)} 处实体标注和分词对不上",
            misaligned[0].splitlines()[0],
            f"改 data/nlu 里的这句；全部见 {log}",
        )


@contextlib.contextmanager
def _quickly_packed() -> Iterator[None]:
    """Rasa packs a model with gzip's level 9, half a minute for weights that it makes no smaller than level 1 does in
    one second; there is no setting for it.
    """
    from rasa.engine.storage import local_model_storage as storage

    class QuickArchive(storage.TarSafe):
        @classmethod
        def gzopen(cls, name: str, mode: str = "r", fileobj: Any = None, compresslevel: int = 1, **options: Any) -> Any:
            return super().gzopen(name, mode, fileobj, compresslevel, **options)

    original, storage.TarSafe = storage.TarSafe, QuickArchive
    try:
        yield
    finally:
        storage.TarSafe = original


def _quick_config(folder: Path) -> Path:
    """The configuration without the slow sentence encoder, which takes minutes to read the training messages the
    first time.
    """
    import yaml

    config = yaml.safe_load((ROOT / "bot/config.yml").read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        if "e5" in component:
            component["e5"] = False
    path = folder.parent / f"{folder.name}.quick.yml"
    path.write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


@contextlib.contextmanager
def _captured(out: io.TextIOBase, environment: dict[str, str]) -> Iterator[list[warnings.WarningMessage]]:
    """Prints and warnings of the block go elsewhere: stdout may belong to one JSON document."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(out),
            warnings.catch_warnings(record=True) as caught,
        ):
            warnings.simplefilter("always")
            yield caught
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


# --- segments and recommender --------------------------------------------------------------------------


def _recommender(
    settings: Settings, folder: Path, tell: Tell, spark: str | None = None
) -> tuple[dict[str, Any], float]:
    from actions.shelf import as_facts, as_items
    from bot.reviews import opinions_of
    from recommender import ShopRecommender
    from store import Store

    tell("分群和推荐：读取店铺数据，计算中……")
    started = time.perf_counter()
    with Store.open(settings.url, busy_timeout_ms=settings.busy_ms) as store:
        catalogue = store.catalogue.snapshot()
        if not catalogue.products:
            raise Problem(
                "店里还没有商品",
                "推荐要从商品、订单和行为里学",
                "先运行 zhike demo（演示店铺）或 zhike import products 文件.csv",
            )
        interactions = store.behaviour.interactions()
        customers = as_facts(store)
        reading = time.perf_counter()
        tell("评价：读每条评价说了什么……（第一次要先学会分好评差评，约一分钟）")
        opinions = opinions_of(store, interactions, settings.cache)
        tell(f"评价：数出 {len(opinions)} 组商品和方面的好评差评，用时 {time.perf_counter() - reading:.1f} 秒")
    items = as_items(catalogue)
    with _neighbours_by(spark, settings.cache / "spark") as neighbours_by:
        model = ShopRecommender.fit(interactions, items, customers, opinions=opinions, neighbours_by=neighbours_by)
    model.save(folder)
    seconds = time.perf_counter() - started
    segments = model.segment_count
    counts = f"{len(customers)} 位顾客、{len(catalogue.products)} 件商品、{len(interactions)} 条记录"
    tell(f"分群和推荐：{counts}，用时 {seconds:.1f} 秒")
    return {
        "fingerprint": fingerprint.recommender(),
        "seconds": round(seconds, 1),
        "customers": len(customers),
        "products": len(catalogue.products),
        "interactions": len(interactions),
        "segments": segments,
    }, seconds


@contextlib.contextmanager
def _neighbours_by(master: str | None, folder: Path) -> Iterator[Callable[..., Any] | None]:
    """What finds similar goods: Spark at `master`, or None for this process. Raises Problem."""
    if master is None:
        yield None
        return
    from recommender.spark import neighbours
    from recommender.spark.session import NoSpark, session

    try:
        with session(master) as spark:
            yield lambda matrix, k, shrinkage: neighbours.similarity(spark, matrix, k, shrinkage, folder)
    except NoSpark as error:
        raise Problem(error.what, error.why, error.fix, code=2) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _require_spark() -> None:
    """Before the minutes that the language takes."""
    from recommender.spark.session import NoSpark, require

    try:
        require()
    except NoSpark as error:
        raise Problem(error.what, error.why, error.fix, code=2) from error
