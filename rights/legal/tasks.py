"""Background work about orders."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pocketvault.kernel import work
from pocketvault.kernel.purposes import ANSWER_ORDERS
from rights.legal.actions import counting, forgetting, telling


@work.task("rights.tell_of_order", purpose=ANSWER_ORDERS)
def tell_of_order(order_id: str) -> None:
    """Owed for the moment from which the people of an order may be told."""
    telling.tell_of_order(UUID(order_id))


@work.task("rights.tell_of_orders", purpose=ANSWER_ORDERS, every=timedelta(minutes=1))
def tell_of_orders() -> None:
    """Find gags that ended without anybody having been told."""
    telling.tell_everybody_due()


@work.task("rights.count_orders", purpose=ANSWER_ORDERS, every=timedelta(hours=6))
def count_orders() -> None:
    """Bind the public log to the counts of months that are over, and publish the report."""
    counting.commit_months()
    counting.publish_reports()


@work.task("rights.forget_old_orders", purpose=ANSWER_ORDERS, every=timedelta(days=1))
def forget_old_orders() -> None:
    """Drop orders six years after they were closed."""
    forgetting.forget_old_orders()
