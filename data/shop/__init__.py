"""The demo shop: about 800 products, 3,000 customers and what they bought, looked at and said, made from readable
texts and one seed. The same seed, day and moment make the same shop. Imports nothing of ours; tables are rows as a
merchant would bring them.
"""

from __future__ import annotations

from data.shop.cast import DEMO_CUSTOMERS, DemoCustomer
from data.shop.shop import KINDS_OF_TABLE, SEED, DemoShop, build_shop

__all__ = ["DEMO_CUSTOMERS", "KINDS_OF_TABLE", "SEED", "DemoCustomer", "DemoShop", "build_shop"]
