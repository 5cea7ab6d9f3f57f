"""The customers and what they agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select, update

from store.clock import Clock
from store.database import Database
from store.models import Customer
from store.tables import customers

_BY_ID = select(customers).where(customers.c.customer_id == bindparam("customer"))


class Customers:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def get(self, customer_id: str | None) -> Customer | None:
        if not customer_id:
            return None
        with self._database.read() as connection:
            row = connection.execute(_BY_ID, {"customer": customer_id}).mappings().first()
        return customer_of(row) if row else None

    def all(self) -> list[Customer]:
        with self._database.read() as connection:
            return [
                customer_of(row)
                for row in connection.execute(select(customers).order_by(customers.c.customer_id)).mappings()
            ]

    def any(self) -> bool:
        with self._database.read() as connection:
            return connection.execute(select(customers.c.customer_id).limit(1)).first() is not None

    def set_consent(
        self,
        customer_id: str,
        personalisation: bool | None = None,
        marketing: bool | None = None,
        deadline: float | None = None,
    ) -> Customer:
        """Keeps the customer's own word (None: unchanged); later imports don't overwrite it.

        Holds for a customer whom no file has named yet, too: nobody's no is refused for want of a row.
        """
        said = {"consent_personalisation": personalisation, "consent_marketing": marketing}
        changes: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        changes["consent_set_at"] = self._clock.now()
        with self._database.write(deadline) as connection:
            meant = update(customers).where(customers.c.customer_id == customer_id)
            if not connection.execute(meant.values(changes)).rowcount:
                unnamed = {"name": "", "gender": "", "city": "", "level": "", "phone": "", "extra": {}}
                connection.execute(customers.insert(), {"customer_id": customer_id, **unnamed, **changes})
            return customer_of(connection.execute(_BY_ID, {"customer": customer_id}).mappings().one())


def customer_of(row: Mapping[str, Any]) -> Customer:
    return Customer(**{name: row[name] for name in Customer.__dataclass_fields__})
