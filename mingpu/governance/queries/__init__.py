"""What can be asked of openings, requests and incidents."""

from mingpu.governance.queries.incidents import (
    IncidentView,
    NoticeView,
    incident_of,
    incidents,
    notices_of,
    notices_told,
)
from mingpu.governance.queries.mirror import MirrorView, Seen, mirror_of
from mingpu.governance.queries.openings import Look, looks_of, stands, waiting_looks
from mingpu.governance.queries.requests import Request, request_of, requests

__all__ = [
    "IncidentView",
    "Look",
    "MirrorView",
    "NoticeView",
    "Request",
    "Seen",
    "incident_of",
    "incidents",
    "looks_of",
    "mirror_of",
    "notices_of",
    "notices_told",
    "request_of",
    "requests",
    "stands",
    "waiting_looks",
]
