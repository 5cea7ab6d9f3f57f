"""Logs in $ZHIKE_HOME/logs, masked: no phone number, order number, ID card or e-mail, and nothing a customer wrote."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
import warnings
from pathlib import Path

FILE_BYTES, FILES_KEPT = 10_000_000, 5
_NUMBER = re.compile(r"(?<![\d.:-])(\d{2})\d{5,}(\d{2})(?![\d.:])")
_PARCEL = re.compile(r"\b([A-Z]{2})\d{6,}(\d{2})\b")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_ADDRESS = re.compile(r"[\u4e00-\u9fff]{2,}(?:省|市|区|县|镇|路|街|道|村|号|栋|单元|室)[\u4e00-\u9fffA-Za-z0-9-]{2,}")
QUIET = (
    "apscheduler",
    "engineio",
    "socketio",
    "matplotlib",
    "sanic.access",
    "asyncio",
    "jieba",
    "rasa",
    "sqlalchemy",
    "opencc",
)


def mask(text: str) -> str:
    """Long numbers keep their first and last two digits; mail and street addresses go."""
    text = _MAIL.sub("***@***", text)
    text = _PARCEL.sub(r"\1****\2", text)
    text = _NUMBER.sub(r"\1****\2", text)
    return _ADDRESS.sub("〔地址〕", text)


class MaskingFormatter(logging.Formatter):
    """Masks the finished line, traceback included, so that nothing slips by in an argument or an exception."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def set_up(folder: Path, level: str, console: bool = False) -> Path:
    """Everything to logs/zhike.log; to the terminal only what went wrong, if `console`. Returns the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "zhike.log"
    formatter = MaskingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handlers: list[logging.Handler] = [
        logging.handlers.RotatingFileHandler(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
    ]
    if console:
        terminal = logging.StreamHandler(sys.stderr)
        terminal.setLevel(logging.ERROR)
        handlers.append(terminal)
    for handler in handlers:
        handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = handlers
    root.setLevel(level.upper())
    if level != "debug":
        for name in QUIET:
            logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    warnings.simplefilter("default")
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    _structlog_quiet()
    return path


def _structlog_quiet() -> None:
    """Rasa's structured lines carry what customers write: only warnings and errors of them, without their fields."""
    import structlog

    def event_only(_: object, __: str, event: dict[str, object]) -> str:
        return str(event.get("event", ""))

    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.processors.format_exc_info, event_only],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        cache_logger_on_first_use=True,
    )
