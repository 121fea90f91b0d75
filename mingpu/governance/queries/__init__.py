"""What can be asked of openings and requests."""

from mingpu.governance.queries.openings import Look, looks_of, stands, waiting_looks
from mingpu.governance.queries.requests import Request, request_of, requests

__all__ = ["Look", "Request", "looks_of", "request_of", "requests", "stands", "waiting_looks"]
