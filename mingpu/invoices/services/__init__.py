"""What can be done about invoices: titles, asking, and what follows with the issuer."""

from mingpu.invoices.services.asking import Asked, InvoiceFile, ask, file
from mingpu.invoices.services.issuing import follow, issue, retry_reversal, reverse, reverse_due, try_again
from mingpu.invoices.services.titles import delete_title, save_title

__all__ = [
    "Asked",
    "InvoiceFile",
    "ask",
    "delete_title",
    "file",
    "follow",
    "issue",
    "retry_reversal",
    "reverse",
    "reverse_due",
    "save_title",
    "try_again",
]
