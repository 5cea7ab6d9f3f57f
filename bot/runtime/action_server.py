"""An action server that speaks rasa-sdk's protocol: the same actions, the same time limit, and answers that give
nothing away.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import logging
import pkgutil
from typing import Any

import orjson
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from rasa_sdk.utils import all_subclasses
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

import actions
from actions.services import Limits, Services, configure
from bot.components.encoders import faq_encoders
from bot.runtime.live_recommender import LiveRecommender
from bot.settings import Settings
from store import Store, StoreError

logger = logging.getLogger(__name__)


def configure_actions(settings: Settings, store: Store, recommender: LiveRecommender) -> ActionExecutor:
    """The actions of this repository, registered and given what they work with."""
    limits = Limits(action_seconds=min(Limits.action_seconds, settings.action_seconds))
    encoders = faq_encoders(settings.cache / "faq")
    given = Services(store=store, recommender_provider=recommender, limits=limits, encoders=encoders)
    configure(given)
    prepare_answers(given)
    executor = ActionExecutor()
    for action in our_actions():
        executor.register_action(action)
    return executor


def prepare_answers(services: Services) -> None:
    """Begins the FAQ's index, so that it is there by the time a customer asks."""
    try:
        services.faq.index()
    except StoreError as error:
        logger.warning("the FAQ's index waits for the first question: %s", error)


def our_actions() -> list[type[Action]]:
    """The classes below `actions` that have a name. (rasa-sdk's own search also instantiates their bases, and ends
    the process on an
    import error.)"""
    for module in pkgutil.walk_packages(actions.__path__, "actions."):
        importlib.import_module(module.name)
    return [
        one
        for one in all_subclasses(Action)
        if one.__module__.startswith("actions.") and not inspect.isabstract(one) and hasattr(one, "action_name")
    ]


def build_app(settings: Settings) -> Sanic:
    """POST /webhook and GET /health, as rasa-sdk has them. Each action in a thread, so that a slow one holds up
    nobody.
    """
    store = Store.open(settings.url, busy_timeout_ms=settings.busy_ms, handover_minutes=settings.handover_minutes)
    recommender = LiveRecommender(settings, store)
    executor = configure_actions(settings, store, recommender)
    app = Sanic("zhike_actions", configure_logging=False)

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        call = orjson.loads(request.body)
        try:
            result = await asyncio.get_running_loop().run_in_executor(None, lambda: asyncio.run(executor.run(call)))
        except ActionExecutionRejection as error:
            return _json({"error": error.message, "action_name": error.action_name}, 400)
        except ActionNotFoundException as error:
            return _json({"error": error.message, "action_name": error.action_name}, 404)
        except Exception as error:
            # rasa-sdk's own server sends the whole tracker back here.
            logger.error("action %s raised", call.get("next_action"), exc_info=error)
            return _json({"error": type(error).__name__, "action_name": call.get("next_action")}, 500)
        return _json(result)

    @app.get("/health")
    async def health(request: Request) -> HTTPResponse:
        return _json({"status": "ok"})

    @app.listener("after_server_start")
    async def ready(app: Sanic, _: object) -> None:
        recommender.start()

    @app.listener("after_server_stop")
    async def close(app: Sanic, _: object) -> None:
        recommender.close()
        store.close()

    return app


def _json(value: Any, status: int = 200) -> HTTPResponse:
    return HTTPResponse(orjson.dumps(value, default=str), status, content_type="application/json")
