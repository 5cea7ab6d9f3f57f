"""The settings: one typed object, made from settings.toml, the home's own settings.toml and ZHIKE_… variables.

The shipped settings.toml documents each key and holds its default; an unknown key is refused with the nearest known
one.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import tomli
from pydantic import BaseModel, Extra, Field, ValidationError, root_validator, validator

from bot.errors import Problem

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = Path(__file__).with_name("settings.toml")
PREFIX = "ZHIKE_"
LISTS = {"allowed_origins"}


class SettingsError(Problem):
    """A setting is unknown or has a value that cannot be."""

    def __init__(self, what: str, why: str = "", fix: str = ""):
        super().__init__(what, why, fix, code=2)


class Settings(BaseModel):
    """See settings.toml for the meaning, unit and allowed values of each key."""

    home: Path
    database_url: str
    busy_ms: int = Field(ge=100, le=10_000)
    host: str
    port: int = Field(ge=1, le=65_535)
    action_url: str
    action_threads: int = Field(ge=1, le=64)
    allowed_origins: tuple[str, ...]
    demo: Literal["auto", "on", "off"]
    secret: str
    token_hours: int = Field(ge=1, le=8760)
    rate_limit: int = Field(ge=0, le=100_000)
    burst_seconds: float = Field(ge=0, le=3)
    message_chars: int = Field(ge=10, le=20_000)
    body_bytes: int = Field(ge=1024, le=1_048_576)
    action_seconds: float = Field(ge=0.1, le=8)
    turn_seconds: float = Field(ge=0.5, le=9)
    live_conversations: int = Field(ge=10, le=100_000)
    outbox: int = Field(ge=0, le=500)
    handover_minutes: int = Field(ge=1, le=1440)
    models_kept: int = Field(ge=1, le=50)
    relearn_minutes: int = Field(ge=0, le=10_080)
    log_level: Literal["debug", "info", "warning", "error"]

    class Config:
        extra = Extra.forbid
        frozen = True
        keep_untouched = (cached_property,)

    @validator("home")
    def _home_from_root(cls, value: Path) -> Path:  # noqa: N805  (pydantic hands the class)
        return (value if value.is_absolute() else ROOT / value).resolve()

    @validator("secret")
    def _long_enough(cls, value: str) -> str:  # noqa: N805
        if value and len(value.encode("utf-8")) < 32:
            raise ValueError("密钥至少要 32 字节")
        return value

    @validator("action_url")
    def _http(cls, value: str) -> str:  # noqa: N805
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("要以 http:// 或 https:// 开头")
        return value

    @root_validator(skip_on_failure=True)
    def _turn_longer_than_action(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        if values["turn_seconds"] <= values["action_seconds"]:
            raise ValueError("turn_seconds 要比 action_seconds 长")
        return values

    @cached_property
    def url(self) -> str:
        """The database's URL, the default filled in."""
        return self.database_url or f"sqlite:///{self.home / 'zhike.db'}"

    @property
    def models(self) -> Path:
        return self.home / "models"

    @property
    def current_model(self) -> Path:
        return self.models / "current"

    @property
    def cache(self) -> Path:
        return self.home / "cache"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def exports(self) -> Path:
        return self.home / "exports"

    @property
    def demo_marker(self) -> Path:
        """Written by `zhike demo`: this shop is made up, so its customers may be played by anyone at this machine."""
        return self.home / "demo.json"

    @property
    def demo_allowed(self) -> bool:
        return self.demo == "on" or (self.demo == "auto" and self.demo_marker.exists())

    @property
    def origin(self) -> str:
        """Where a browser on this machine finds the server."""
        host = "127.0.0.1" if self.host in {"", "0.0.0.0", "::"} else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Shipped defaults, then $ZHIKE_HOME/settings.toml, then ZHIKE_… variables. Raises SettingsError."""
    environ = os.environ if environ is None else environ
    values = _read(SHIPPED)
    shipped_home = values["home"]
    home = Path(environ.get(f"{PREFIX}HOME") or shipped_home)
    own = (home if home.is_absolute() else ROOT / home) / "settings.toml"
    if own.is_file():
        values.update(_read(own, known=set(values)))
    for key in Settings.__fields__:
        given = environ.get(PREFIX + key.upper())
        if given is not None and given != "":
            values[key] = [part.strip() for part in given.split(",") if part.strip()] if key in LISTS else given
    return _checked(values, own)


def _read(path: Path, known: set[str] | None = None) -> dict[str, Any]:
    try:
        values = tomli.loads(path.read_text(encoding="utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"设置文件 {path} 读不了", f"不是合格的 TOML：{error}", "照 bot/settings.toml 的写法改"
        ) from None
    for key in values:
        if known is not None and key not in known:
            raise SettingsError(f"设置文件 {path} 里有不认识的设置“{key}”", "", _nearest(key, known))
    return values


def _nearest(key: str, known: set[str]) -> str:
    near = difflib.get_close_matches(key.lower(), sorted(known), n=1, cutoff=0.5)
    return f"您是不是想写“{near[0]}”？所有设置见 bot/settings.toml" if near else "所有设置见 bot/settings.toml"


def _checked(values: dict[str, Any], own: Path) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        if first["type"] == "value_error.extra":
            raise SettingsError(f"不认识的设置“{key}”", "", _nearest(key, set(Settings.__fields__))) from None
        where = f"环境变量 {PREFIX}{key.upper()} 或 {own}" if key != "__root__" else str(own)
        what = f"设置“{key}”的值不行：{values[key]!r}" if key != "__root__" else "几项设置合不到一起"
        raise SettingsError(what, _reason(first), f"改 {where}；允许的值见 bot/settings.toml") from None


def _reason(error: Mapping[str, Any]) -> str:
    """pydantic's reason in Chinese; what it does not know stays as it is."""
    context = error.get("ctx", {})
    kinds = {
        "type_error.integer": "要一个整数",
        "type_error.float": "要一个数",
        "value_error.number.not_ge": f"不能小于 {context.get('limit_value')}",
        "value_error.number.not_le": f"不能大于 {context.get('limit_value')}",
        "value_error.const": "只能是 " + "、".join(map(str, context.get("permitted", ()))),
        "type_error.tuple": "要一个列表",
        "value_error.missing": "没有给出",
    }
    return kinds.get(error["type"], str(error["msg"]))
