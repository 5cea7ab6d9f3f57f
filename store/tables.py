"""The tables as they are today. How they came to be: store/migrations; a test holds the two against each other.

``source_digest`` is the digest of the row as it was last imported: importing the same file again is recognised by it
even after the bot changed the row (cancelled the order, switched personalisation off). Rows without an id of their own
carry ``row_key`` for the same end. Orders and events have no foreign key on customers and products: shops bring orders
of goods that they no longer list, and those count too.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
)

from store.types import JsonText, TypedText, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _money(name: str) -> Column:
    return Column(name, Numeric(12, 2, asdecimal=False), nullable=False)


counters = Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Integer, nullable=False),
)

customers = Table(
    "customers",
    metadata,
    Column("customer_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("registered_at", UtcDateTime),
    Column("birth_year", Integer),
    Column("gender", String, nullable=False),
    Column("city", String, nullable=False),
    Column("level", String, nullable=False),
    Column("consent_personalisation", Boolean),
    Column("consent_marketing", Boolean),
    Column("consent_set_at", UtcDateTime),
    Column("phone", String, nullable=False),
    Column("points", Integer),
    Column("extra", JsonText, nullable=False),
    Column("source_digest", String),
)

products = Table(
    "products",
    metadata,
    Column("product_id", String, primary_key=True),
    Column("title", Text, nullable=False),
    _money("price"),
    Column("category", String, nullable=False),
    Column("brand", String, nullable=False),
    Column("stock", Integer),
    Column("tags", JsonText, nullable=False),
    Column("image_url", Text, nullable=False),
    Column("attributes", JsonText, nullable=False),
    Column("status", String, nullable=False),
    Column("added_at", UtcDateTime),
    Column("extra", JsonText, nullable=False),
    Column("source_digest", String),
)

orders = Table(
    "orders",
    metadata,
    Column("order_id", String, primary_key=True),
    Column("customer_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("ordered_at", UtcDateTime, nullable=False),
    Column("paid_at", UtcDateTime),
    Column("shipped_at", UtcDateTime),
    Column("received_at", UtcDateTime),
    Column("refunded_at", UtcDateTime),
    Column("carrier", String, nullable=False),
    Column("tracking_no", String, nullable=False, index=True),
    Column("recipient", String, nullable=False),
    Column("phone", String, nullable=False),
    Column("address", TypedText, nullable=False),
    Column("note", TypedText, nullable=False),
    Column("delivery_date", String, nullable=False),
    Column("cancel_reason", TypedText),
    Column("extra", JsonText, nullable=False),
    Column("source_digest", String),
    Index("ix_orders_customer_id_ordered_at", "customer_id", "ordered_at"),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("order_id", String, ForeignKey("orders.order_id", ondelete="CASCADE"), primary_key=True),
    Column("line_no", Integer, primary_key=True),
    Column("product_id", String, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    _money("price"),
    Column("attributes", JsonText, nullable=False),
)

order_events = Table(
    "order_events",
    metadata,
    Column("order_event_id", Integer, primary_key=True),
    Column("order_id", String, ForeignKey("orders.order_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String, nullable=False),
    Column("text", TypedText, nullable=False),
    Column("place", String, nullable=False),
    Column("imported", Boolean, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("event_id", Integer, primary_key=True),
    Column("customer_id", String, nullable=False),
    Column("product_id", String, nullable=False),
    Column("type", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("value", Float(53)),
    Column("channel", String, nullable=False),
    Column("extra", JsonText),
    Column("row_key", String, unique=True),
    Column("source_digest", String),
    Index("ix_events_customer_id_at", "customer_id", "at"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("review_id", Integer, primary_key=True),
    Column("product_id", String, nullable=False, index=True),
    Column("customer_id", String, index=True),
    Column("text", TypedText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("rating", Float(53)),
    Column("extra", JsonText),
    Column("row_key", String, unique=True),
    Column("source_digest", String),
)

surveys = Table(
    "surveys",
    metadata,
    Column("survey_id", Integer, primary_key=True),
    Column("question", TypedText, nullable=False),
    Column("answer", TypedText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("customer_id", String, index=True),
    Column("score", Float(53)),
    Column("extra", JsonText),
    Column("row_key", String, unique=True),
    Column("source_digest", String),
)

chats = Table(
    "chats",
    metadata,
    Column("chat_id", Integer, primary_key=True),
    Column("session_id", String, nullable=False, index=True),
    Column("speaker", String, nullable=False),
    Column("text", TypedText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("customer_id", String, index=True),
    Column("extra", JsonText),
    Column("row_key", String, unique=True),
    Column("source_digest", String),
)

faq = Table(
    "faq",
    metadata,
    Column("entry_id", String, primary_key=True),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("similar", JsonText, nullable=False),
    Column("category", String, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("extra", JsonText),
    Column("source_digest", String),
)

conversations = Table(
    "conversations",
    metadata,
    Column("sender_id", String, primary_key=True),
    Column("customer_id", String, index=True),
    Column("anonymous", Boolean, nullable=False),
    Column("channel", String, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("row_no", Integer, primary_key=True),
    Column("turn_id", String, nullable=False, unique=True),
    Column("sender_id", String, nullable=False),
    Column("customer_id", String),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("text", TypedText, nullable=False),
    Column("intent", String),
    Column("confidence", Float(53)),
    Column("ranking", JsonText, nullable=False),
    Column("entities", JsonText, nullable=False),
    Column("sentiment_label", String),
    Column("sentiment_score", Float(53)),
    Column("model_version", String),
    Column("actions", JsonText, nullable=False),
    Column("replies", JsonText, nullable=False),
    Column("latency_ms", Float(53)),
    Column("outcome", String, nullable=False),
    Index("ix_turns_sender_id_at", "sender_id", "at"),
    Index("ix_turns_customer_id_at", "customer_id", "at"),
)

impressions = Table(
    "impressions",
    metadata,
    Column("impression_id", String, primary_key=True),
    Column("sender_id", String, nullable=False, index=True),
    Column("customer_id", String, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("strategy", String, nullable=False),
    Column("personalised", Boolean, nullable=False),
    Column("items", JsonText, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("feedback_id", Integer, primary_key=True),
    Column("sender_id", String, nullable=False, index=True),
    Column("customer_id", String, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("rating", String, nullable=False),
    Column("message_id", String),
    Column("impression_id", String),
    Column("product_id", String),
    Column("reason", TypedText),
    Column("comment", TypedText),
)

handovers = Table(
    "handovers",
    metadata,
    Column("handover_id", Integer, primary_key=True),
    Column("sender_id", String, nullable=False, index=True),
    Column("customer_id", String, index=True),
    Column("reason", TypedText, nullable=False),
    Column("summary", TypedText, nullable=False),
    Column("state", String, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ended_by", String),
    Index("ix_handovers_state_requested_at", "state", "requested_at"),
)

cases = Table(
    "cases",
    metadata,
    Column("case_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("customer_id", String, nullable=False, index=True),
    Column("order_id", String, index=True),
    Column("product_id", String),
    Column("status", String, nullable=False),
    Column("details", JsonText, nullable=False),
    # Customer, kind, order and product while the case is open, else null: the same matter can't be opened twice, not
    # even by two at once.
    Column("open_key", String, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

unanswered = Table(
    "unanswered",
    metadata,
    Column("unanswered_id", Integer, primary_key=True),
    Column("text", TypedText, nullable=False),
    Column("customer_id", String, index=True),
    Column("product_id", String),
    Column("at", UtcDateTime, nullable=False),
)

tracker_events = Table(
    "tracker_events",
    metadata,
    Column("tracker_event_id", Integer, primary_key=True),
    Column("sender_id", String, nullable=False, index=True),
    Column("event", TypedText, nullable=False),
)
