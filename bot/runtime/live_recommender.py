"""The recommender in use, kept young while the bot runs.

What a customer does now counts at once, because every request carries that customer's recent events. What everybody
does changes which goods are neighbours: for that the recommender is learned anew in a process of its own when enough
has happened, and taken over without a restart. A model that somebody else trained is taken over the same way.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.runtime.models import RECOMMENDER, TrainedModel, versions
from bot.settings import Settings
from store import Store, StoreError

if TYPE_CHECKING:
    from recommender import ShopRecommender

logger = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
# So much must have happened since the last training, in records and as a share of what was learned from.
FEWEST_NEW, NEW_SHARE = 20, 0.005
_NICENESS = 10  # customers' turns come first


class LiveRecommender:
    """Call it for the `ShopRecommender` in use, None while there is none. `start` the looking, `close` it."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._newest: Path | None = None
        self._learned_from = 0
        self._model: ShopRecommender | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="zhike-recommender", daemon=True)
        self._training: subprocess.Popen[bytes] | None = None
        self.take_newest()

    def __call__(self) -> ShopRecommender | None:
        return self._model

    def take_newest(self) -> bool:
        """Whether another model than before is in use now. A damaged one is never taken: the one in use stays, at the
        start the last good one, and without any the actions go on with what the catalogue alone says.
        """
        try:
            newest = self._settings.current_model.resolve(strict=True)
        except OSError as error:
            logger.warning("no trained recommender: %s", error)
            return False
        if newest == self._newest:
            return False
        self._newest = newest  # once is enough to say what is wrong with it
        if self._take(newest):
            return True
        return self._model is None and any(self._take(older) for older in versions(self._settings.models))

    def _take(self, folder: Path) -> bool:
        from recommender import ShopRecommender

        try:
            model = TrainedModel.of(folder)
            if broken := [name for name in model.damaged() if name.startswith(f"{RECOMMENDER}/")]:
                raise ValueError(f"not as trained: {', '.join(broken)}")
            self._model = ShopRecommender.load(model.recommender)
            self._learned_from = int(model.manifest["recommender"]["interactions"])
        except Exception as error:  # any damage, whatever it breaks
            logger.error("the recommender of %s cannot be used (run `zhike train`): %s", folder.name, error)
            return False
        logger.info("recommender of %s in use", folder.name)
        return True

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        if self._training is not None and self._training.poll() is None:
            self._training.terminate()

    def _run(self) -> None:
        interval = self._settings.relearn_minutes * 60
        due = time.monotonic() + interval
        while not self._closing.wait(LOOK_SECONDS):
            self.take_newest()
            if interval and time.monotonic() >= due:
                due = time.monotonic() + interval
                self.relearn()

    def relearn(self) -> bool:
        """Learns anew if enough happened; returns whether it did. The language model is taken over as it is."""
        try:
            news = self._store.behaviour.count() - self._learned_from
        except StoreError as error:
            logger.warning("what happened since the last training is not known: %s", error)
            return False
        if news < max(FEWEST_NEW, NEW_SHARE * self._learned_from) or self._closing.is_set():
            return False
        environment = {**os.environ, "ZHIKE_HOME": str(self._settings.home), "ZHIKE_DATABASE_URL": self._settings.url}
        self._training = subprocess.Popen(
            [str(Path(sys.executable).with_name("zhike")), "train", "--goods-only"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: os.nice(_NICENESS),
        )
        _, said = self._training.communicate()
        if self._training.returncode:
            if not self._closing.is_set():
                logger.error("learning from %d new records failed: %s", news, said.decode("utf-8", "replace").strip())
            return False
        return self.take_newest()
