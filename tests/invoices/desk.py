"""Invoices for tests: a paid order, somebody who agreed, and the issuer's outcome."""

import json
from datetime import timedelta
from uuid import UUID

from mingpu.catalog.models import Product
from mingpu.invoices import services
from mingpu.invoices.queries import InvoiceView, OrderInvoices, invoices_of
from mingpu.privacy.consent import give
from tests.adapters.conftest import until
from tests.factories import Buyer
from tests.jobs import run_jobs
from tests.payments.trading import Deal, deal, paid
from tests.support import zone

TITLE, TAX_NO = "杭州明铺测试有限公司", "91330100MA2B000001"
OURS = ("invoices.issue", "invoices.reverse_due", "invoices.reverse", "invoices.try_again")


def agree(buyer: Buyer, *, granted: bool = True) -> None:
    give(buyer.id, "invoicing", granted, "en")


def title(buyer: Buyer) -> UUID:
    return services.save_title(person_id=buyer.id, kind="company", title=TITLE, tax_no=TAX_NO)


def invoiceable(outside, *, price_fen: int = 9900, pieces: int = 2) -> Deal:
    """A paid order of somebody who agreed to invoices."""
    it = deal(price_fen=price_fen, pieces=pieces)
    with zone("worker"):
        Product.objects.filter(skus__code=it.sku).update(category=["家电", "厨房电器"])
    agree(it.buyer)
    paid(outside, it)
    return it


def ask(it: Deal) -> services.Asked:
    return services.ask(person_id=it.buyer.id, order_no=it.order_no, title_id=title(it.buyer))


def work(it: Deal, names: tuple[str, ...] = OURS, ahead: timedelta = timedelta(0)) -> None:
    run_jobs(it.buyer.id, names=names, ahead=ahead)


def follow(number: str) -> None:
    """Do what the job does that a callback adds."""
    with zone("worker"):
        services.follow(invoice_no=number)


def seen(it: Deal) -> OrderInvoices:
    return invoices_of(person_id=it.buyer.id, order_no=it.order_no)


def of_number(it: Deal, number: str) -> InvoiceView:
    return next(one for one in seen(it).items if one.invoice_no == number)


def when(it: Deal, number: str, status: str) -> InvoiceView:
    """Return an invoice once it stands so, asking the issuer until then."""

    def there() -> InvoiceView | None:
        follow(number)
        work(it)
        one = of_number(it, number)
        return one if one.status == status else None

    found: InvoiceView = until(there)
    return found


def issued(outside, **changes) -> tuple[Deal, InvoiceView]:
    it = invoiceable(outside, **changes)
    number = ask(it).invoice_no
    work(it)
    return it, when(it, number, "issued")


def pay_back(it: Deal, fen: int, reason: str = "case:test") -> None:
    """Pay part of an order back, to the end."""
    it.ask(fen, reason)
    run_jobs(it.buyer.id, names=("payments.refund",))


def applications(outside, number: str) -> list[dict]:
    """What the issuer was asked to issue under a number."""
    found = outside.side.received("fapiao", number)
    return [
        json.loads(one["body"])
        for one in found
        if one["method"] == "POST" and one["path"].endswith("/fapiao-applications")
    ]
