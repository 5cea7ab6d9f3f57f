"""Messages of several customers that wait at the same moment are read together, in a thread of their own.

The sentence encoder takes 5 ms for one text and half of that for each of ten; and while it computes, the event loop
goes on with other turns. Rasa reads one message at a time and everything else waits.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.shared.core.trackers import DialogueStateTracker

logger = logging.getLogger(__name__)
TOGETHER = 16  # messages in one reading; more would make the first wait too long


class SharedReading:
    """Stands in for `MessageProcessor.parse_message`. The components that read a message do not look at the tracker."""

    def __init__(self, processor: MessageProcessor):
        self._processor = processor
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="zhike-reading")
        self._waiting: list[tuple[UserMessage, asyncio.Future[dict[str, Any]]]] = []
        self._reading = False
        self._task: asyncio.Task[None] | None = None  # asyncio itself keeps no strong reference

    async def parse_message(
        self, message: UserMessage, tracker: DialogueStateTracker | None = None, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """What Rasa's own gives: text, intent, ranking, entities and what components add to the output."""
        if not only_output_properties:
            return self._processor._parse_message_with_graph(message, tracker, only_output_properties)
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((message, future))
        if not self._reading:
            self._reading = True
            self._task = asyncio.ensure_future(self._read_all())
        return await future

    async def _read_all(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
                results = await loop.run_in_executor(self._thread, self._read, [message for message, _ in batch])
                for (_, future), result in zip(batch, results, strict=True):
                    if future.done():
                        continue  # its turn was broken off
                    if isinstance(result, Exception):
                        future.set_exception(result)
                    else:
                        future.set_result(result)
        finally:
            self._reading = False

    def _read(self, messages: list[UserMessage]) -> list[dict[str, Any] | Exception]:
        try:
            return self._run(messages)
        except Exception as error:
            if len(messages) == 1:
                return [error]
            logger.error("reading %d messages together failed; each alone", len(messages), exc_info=error)
            return [result for message in messages for result in self._read([message])]

    def _run(self, messages: list[UserMessage]) -> list[dict[str, Any] | Exception]:
        target = self._processor.model_metadata.nlu_target
        nobody = DialogueStateTracker.from_events("", [])
        inputs = {PLACEHOLDER_MESSAGE: messages, PLACEHOLDER_TRACKER: nobody}
        read = self._processor.graph_runner.run(inputs=inputs, targets=[target])[target]
        empty = {"text": "", "intent": {"name": None, "confidence": 0.0}, "entities": []}
        return [{**empty, **message.as_dict(only_output_properties=True)} for message in read]

    def close(self) -> None:
        self._thread.shutdown(wait=False)
