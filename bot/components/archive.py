"""Reads many messages at once with the language understanding of a trained Rasa archive, without its policies."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_OUTPUT = ("intent", "intent_ranking", "also", "entities", "sentiment")


class Understanding:
    """The NLU part of a trained model: ``parse`` gives what ``tracker.latest_message`` would hold, for each message."""

    def __init__(self, runner: Any, target: str) -> None:
        self._runner = runner
        self._target = target

    def parse(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        """For each text: text, intent, intent_ranking, entities, sentiment, ``also`` where there is a second wish.

        The encoders see all texts together.
        """
        from rasa.core.channels.channel import UserMessage
        from rasa.engine.constants import PLACEHOLDER_MESSAGE

        # A blank message has no text for Rasa's converter; one blank stands for it and reads as nothing.
        messages = [UserMessage(text or " ") for text in texts]
        parsed = self._runner.run(inputs={PLACEHOLDER_MESSAGE: messages}, targets=[self._target])[self._target]
        return [
            {"text": text, **{key: message.get(key) for key in _OUTPUT if message.get(key) is not None}}
            for text, message in zip(texts, parsed, strict=True)
        ]


@contextmanager
def open_archive(archive: Path) -> Iterator[Understanding]:
    """Unpacks the archive into a temporary folder for as long as the context lasts.

    The node before Rasa's handler of ``/intent`` messages is read, so that a text beginning with / is only a text.
    Rasa's own reader also loads the classes of the training graph, and with them TensorFlow; here only the graph that
    reads messages is looked at.
    """
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from tarsafe import TarSafe

    with tempfile.TemporaryDirectory(prefix="zhike-parse-") as folder:
        with TarSafe.open(archive, mode="r:gz") as members:
            members.extractall(folder)
        metadata = json.loads((Path(folder) / "metadata.json").read_text(encoding="utf-8"))
        whole = GraphSchema.from_dict(metadata["predict_schema"])
        target = whole.nodes[metadata["nlu_target"]].needs["messages"]
        schema = whole.minimal_graph_schema([target])
        context = ExecutionContext(graph_schema=schema, model_id=metadata["model_id"])
        storage = LocalModelStorage(Path(folder) / "components")
        yield Understanding(DaskGraphRunner.create(schema, storage, context), target)
