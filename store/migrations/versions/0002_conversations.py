"""What the bot writes: conversations, turns, impressions, feedback, cases, handovers

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("product_id", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("open_key", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_cases")),
        sa.UniqueConstraint("open_key", name=op.f("uq_cases_open_key")),
    )
    op.create_index(op.f("ix_cases_customer_id"), "cases", ["customer_id"], unique=False)
    op.create_index(op.f("ix_cases_order_id"), "cases", ["order_id"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("sender_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sender_id", name=op.f("pk_conversations")),
    )
    op.create_index(op.f("ix_conversations_customer_id"), "conversations", ["customer_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("feedback_id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rating", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("impression_id", sa.String(), nullable=True),
        sa.Column("product_id", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_feedback")),
    )
    op.create_index(op.f("ix_feedback_customer_id"), "feedback", ["customer_id"], unique=False)
    op.create_index(op.f("ix_feedback_sender_id"), "feedback", ["sender_id"], unique=False)
    op.create_table(
        "handovers",
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("handover_id", name=op.f("pk_handovers")),
    )
    op.create_index(op.f("ix_handovers_customer_id"), "handovers", ["customer_id"], unique=False)
    op.create_index(op.f("ix_handovers_sender_id"), "handovers", ["sender_id"], unique=False)
    op.create_index("ix_handovers_state_requested_at", "handovers", ["state", "requested_at"], unique=False)
    op.create_table(
        "impressions",
        sa.Column("impression_id", sa.String(), nullable=False),
        sa.Column("sender_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("personalised", sa.Boolean(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("impression_id", name=op.f("pk_impressions")),
    )
    op.create_index(op.f("ix_impressions_customer_id"), "impressions", ["customer_id"], unique=False)
    op.create_index(op.f("ix_impressions_sender_id"), "impressions", ["sender_id"], unique=False)
    op.create_table(
        "tracker_events",
        sa.Column("tracker_event_id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.String(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tracker_event_id", name=op.f("pk_tracker_events")),
    )
    op.create_index(op.f("ix_tracker_events_sender_id"), "tracker_events", ["sender_id"], unique=False)
    op.create_table(
        "turns",
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.String(), nullable=False),
        sa.Column("sender_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("confidence", sa.Float(precision=53), nullable=True),
        sa.Column("ranking", sa.Text(), nullable=False),
        sa.Column("entities", sa.Text(), nullable=False),
        sa.Column("sentiment_label", sa.String(), nullable=True),
        sa.Column("sentiment_score", sa.Float(precision=53), nullable=True),
        sa.Column("model_version", sa.String(), nullable=True),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.Column("replies", sa.Text(), nullable=False),
        sa.Column("latency_ms", sa.Float(precision=53), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("row_no", name=op.f("pk_turns")),
        sa.UniqueConstraint("turn_id", name=op.f("uq_turns_turn_id")),
    )
    op.create_index(op.f("ix_turns_at"), "turns", ["at"], unique=False)
    op.create_index("ix_turns_customer_id_at", "turns", ["customer_id", "at"], unique=False)
    op.create_index("ix_turns_sender_id_at", "turns", ["sender_id", "at"], unique=False)
    op.create_table(
        "unanswered",
        sa.Column("unanswered_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("product_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("unanswered_id", name=op.f("pk_unanswered")),
    )
    op.create_index(op.f("ix_unanswered_customer_id"), "unanswered", ["customer_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_unanswered_customer_id"), table_name="unanswered")
    op.drop_table("unanswered")
    op.drop_index("ix_turns_sender_id_at", table_name="turns")
    op.drop_index("ix_turns_customer_id_at", table_name="turns")
    op.drop_index(op.f("ix_turns_at"), table_name="turns")
    op.drop_table("turns")
    op.drop_index(op.f("ix_tracker_events_sender_id"), table_name="tracker_events")
    op.drop_table("tracker_events")
    op.drop_index(op.f("ix_impressions_sender_id"), table_name="impressions")
    op.drop_index(op.f("ix_impressions_customer_id"), table_name="impressions")
    op.drop_table("impressions")
    op.drop_index("ix_handovers_state_requested_at", table_name="handovers")
    op.drop_index(op.f("ix_handovers_sender_id"), table_name="handovers")
    op.drop_index(op.f("ix_handovers_customer_id"), table_name="handovers")
    op.drop_table("handovers")
    op.drop_index(op.f("ix_feedback_sender_id"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_customer_id"), table_name="feedback")
    op.drop_table("feedback")
    op.drop_index(op.f("ix_conversations_customer_id"), table_name="conversations")
    op.drop_table("conversations")
    op.drop_index(op.f("ix_cases_order_id"), table_name="cases")
    op.drop_index(op.f("ix_cases_customer_id"), table_name="cases")
    op.drop_table("cases")
