"""The shop's memory: one ``Store`` with a repository for each kind of thing."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future

from sqlalchemy.engine import Connection

from store import counters, schema
from store.behaviour import Behaviour
from store.cases import Cases
from store.catalogue import Catalogue
from store.clock import Clock
from store.conversations import Conversations, insert_turn
from store.customers import Customers
from store.database import BUSY_TIMEOUT_MS, Database
from store.faq import Faq
from store.feedback import FeedbackLog
from store.handovers import WAIT_MINUTES, Handovers
from store.impressions import Impressions, insert_impression
from store.models import Impression, Turn
from store.opinions import Chats, Reviews, Surveys
from store.orders import Orders
from store.tracker_events import TrackerEvents, insert_tracker_events
from store.writer import Writer


class Store:
    """Open one with ``Store.open``. Safe to use from several threads.

    Every method raises ``StoreUnavailable`` when the database fails; then nothing was written.
    """

    def __init__(self, database: Database, clock: Clock, handover_minutes: float = WAIT_MINUTES) -> None:
        self.database, self.clock = database, clock
        self.writer = Writer(database)
        self.catalogue = Catalogue(database)
        self.customers = Customers(database, clock)
        self.orders = Orders(database, clock)
        self.cases = Cases(database, clock)
        self.behaviour = Behaviour(database, clock)
        self.conversations = Conversations(database, clock, self.writer)
        self.impressions = Impressions(database, self.writer)
        self.feedback = FeedbackLog(database, clock, self.writer)
        self.handovers = Handovers(database, clock, handover_minutes)
        self.faq = Faq(database, clock)
        self.reviews, self.surveys, self.chats = Reviews(database), Surveys(database), Chats(database)
        self.tracker_events = TrackerEvents(database, self.writer)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
        handover_minutes: float = WAIT_MINUTES,
        clock: Clock | None = None,
    ) -> Store:
        """``url``: ``sqlite:///path`` (made where there is none) or ``postgresql://user:password@host/name``.

        Brings the tables up to date. ``busy_timeout_ms``: how long a write waits for another program's before
        ``StoreUnavailable``. ``handover_minutes``: how long a request for a person keeps the bot quiet.
        """
        database = Database(url, busy_timeout_ms)
        try:
            database.create_file()
            schema.bring_up_to_date(database)
        except BaseException:
            database.close()
            raise
        return cls(database, clock or Clock(), handover_minutes)

    def close(self) -> None:
        """Commits what is waiting to be logged, then lets go of the database."""
        self.writer.close()
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check_writable(self) -> None:
        """Writes and commits a number. Raises ``StoreUnavailable``."""
        with self.database.write() as connection:
            counters.bump(connection, counters.HEALTH)

    def is_empty(self) -> bool:
        """Whether neither goods nor customers were ever brought."""
        return not self.catalogue.snapshot().products and not self.customers.any()

    def log_turn(
        self, turn: Turn, impressions: Iterable[Impression] = (), tracker_events: Iterable[str] = ()
    ) -> Future[None]:
        """A turn with what it showed and what the dialogue engine noted, all or nothing; resolves after COMMIT."""
        shown, noted = list(impressions), list(tracker_events)

        def write(connection: Connection) -> None:
            insert_turn(connection, turn)
            for impression in shown:
                insert_impression(connection, impression)
            insert_tracker_events(connection, turn.sender_id, noted)

        return self.writer.submit(write)
