"""The running bot: everything a channel needs, put together from the settings, the store and the trained model."""

from __future__ import annotations

import contextlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore

from bot.channels.conversation import Conversations
from bot.channels.origins import Origins
from bot.channels.payloads import PayloadSigner
from bot.channels.tokens import load_key
from bot.errors import Problem
from bot.runtime import shims
from bot.runtime.action_endpoint import HttpActions, InProcessActions, TimedActions
from bot.runtime.action_server import configure_actions
from bot.runtime.health import CANARY, Health
from bot.runtime.live_recommender import LiveRecommender
from bot.runtime.models import TrainedModel, current
from bot.runtime.trackers import LiveTrackerStore
from bot.runtime.turn import RunningTurn, running_turn
from bot.runtime.understanding import SharedReading
from bot.runtime.wording import VariedResponses
from bot.settings import Settings
from store import Store
from store.errors import StoreError

logger = logging.getLogger(__name__)


def open_store(settings: Settings) -> Store:
    """Raises Problem when the database cannot be opened."""
    try:
        return Store.open(settings.url, busy_timeout_ms=settings.busy_ms, handover_minutes=settings.handover_minutes)
    except StoreError as error:
        raise Problem("打不开数据库", str(error), "检查 ZHIKE_DATABASE_URL、磁盘空间和文件权限，再试一次") from None


def load_agent(rasa_model: Path, trackers: LiveTrackerStore, actions: TimedActions) -> Agent:
    agent = Agent(generator=VariedResponses(), lock_store=InMemoryLockStore(), action_endpoint=actions)
    # Set here and not handed over: Rasa would wrap it in a store that goes on in memory, silently, when the database
    # fails.
    agent.tracker_store = trackers
    agent.load_model(str(rasa_model))
    agent.processor.graph_runner = shims.StraightRunner(agent.processor.graph_runner)
    agent.processor.parse_message = SharedReading(agent.processor).parse_message
    return agent


@dataclass
class Bot:
    settings: Settings
    key: bytes
    signer: PayloadSigner
    origins: Origins
    store: Store
    agent: Agent
    actions: TimedActions
    conversations: Conversations
    health: Health
    model: TrainedModel
    recommender: LiveRecommender | None = None
    """None when actions run in a server of their own, which has it then."""

    @classmethod
    def load(cls, settings: Settings) -> Bot:
        """Everything but the warm-up. Raises Problem."""
        model = current(settings.models)
        shims.apply()
        store = open_store(settings)
        _show_catalogue(store)
        recommender = None
        if settings.action_url:
            actions: TimedActions = HttpActions(settings.action_url, settings.action_seconds)
        else:
            recommender = LiveRecommender(settings, store)
            executor = configure_actions(settings, store, recommender)
            actions = InProcessActions(executor, settings.action_seconds, settings.action_threads)
        trackers = LiveTrackerStore(store.tracker_events, settings.live_conversations)
        agent = load_agent(model.rasa, trackers, actions)
        key = load_key(settings.home, settings.secret)
        signer = PayloadSigner(key)
        conversations = Conversations(agent, store, signer, settings, model.version)
        health = Health(agent, actions, store, lambda: conversations.log.behind)
        return cls(
            settings,
            key,
            signer,
            Origins(settings.allowed_origins),
            store,
            agent,
            actions,
            conversations,
            health,
            model,
            recommender,
        )

    async def warm_up(self) -> None:
        """One whole turn that nobody sees and nothing records, so that the first customer does not wait. Raises
        Problem.
        """
        token = running_turn.set(RunningTurn(deadline=float("inf")))
        output = CollectingOutputChannel()
        try:
            await self.agent.handle_message(UserMessage(CANARY, output, "warm-up", input_channel="warm-up"))
        finally:
            running_turn.reset(token)
            self.agent.tracker_store.discard("warm-up")
        if not output.messages:
            raise Problem(
                "模型装好了，但是不会回答",
                f"对“{CANARY}”什么也没说",
                "运行 zhike train --force；还不行看 logs/zhike.log",
            )

    def demo_customers(self) -> list[dict[str, Any]]:
        """Who can be played on the demo page: customer_id, name, about (a sentence)."""
        with contextlib.suppress(OSError, ValueError):
            people = json.loads(self.settings.demo_marker.read_text(encoding="utf-8")).get("customers", [])
            return [{key: person.get(key, "") for key in ("customer_id", "name", "about")} for person in people]
        return []

    async def close(self) -> None:
        if self.recommender is not None:
            self.recommender.close()
        await self.conversations.close()
        await self.actions.close()
        self.store.close()


def _show_catalogue(store: Store) -> None:
    """The entity matcher knows the goods of today's catalogue, without being trained again."""
    from bot.components import entities

    entities.catalogue_source = store.catalogue.snapshot
