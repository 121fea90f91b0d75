"""Tencent Cloud's IdCardVerification (faceid, 2018-03-01): the message, its signature, its answers.

POST / with `X-TC-Action: IdCardVerification`, body `{"IdCard", "Name"}`, signed TC3-HMAC-SHA256 over method, path,
content-type, host, action and body. Answers are 200 `{"Response": {"Result", "Description", "RequestId"}}` or
`{"Response": {"Error": {"Code", "Message"}, "RequestId"}}`. Results: 0 match, -1 no match, -2 no valid number, -3 no
valid name, -4 and -6 the service's own trouble, -5 no such number, -7 too often today. They are not signed: what vouches
for them is TLS. Written from knowledge of the provider's documentation, not tried against it; that a call may be made
again after silence is our own reading.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from mingpu.adapters.calls import Patience, trying, worth_another_try
from mingpu.adapters.identity import Answer, Checked, IdentityCheckFailed, IdentityQuestion

ACTION: Final = "IdCardVerification"
VERSION: Final = "2018-03-01"
SERVICE: Final = "faceid"
KIND: Final = "application/json; charset=utf-8"
_ANSWERS: Final = {"0": Answer.MATCH, "-1": Answer.MISMATCH, "-5": Answer.UNKNOWN}
_REFUSED: Final = {"-2": "bad_number", "-3": "bad_name", "-7": "no_more_today"}
_LARGEST: Final = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentConfig:
    """Our account. url: of the calls, in full; the provider's has no path but `/`."""

    secret_id: str
    secret_key: str = field(repr=False)
    url: str = "https://faceid.tencentcloudapi.com/"
    patience: Patience = field(default_factory=Patience)


class TencentIdentity:
    """`IdentityCheck` by Tencent Cloud. Safe to share between threads."""

    def __init__(self, config: TencentConfig) -> None:
        self._config = config
        patience = config.patience
        timeout = httpx.Timeout(patience.read, connect=patience.connect)
        self._client = httpx.Client(timeout=timeout, trust_env=False)

    def payload_for(self, question: IdentityQuestion) -> dict[str, Any]:
        """Return the body sent for `question`."""
        return {"IdCard": question.number, "Name": question.name}

    def check(self, question: IdentityQuestion) -> Checked:
        """Return what the service says. See `IdentityCheck.check`."""
        body = json.dumps(self.payload_for(question), ensure_ascii=False, separators=(",", ":")).encode()
        attempts = self._config.patience.attempts
        return trying(partial(self._once, body), attempts=attempts, failure=IdentityCheckFailed)

    def _once(self, body: bytes) -> Checked:
        stamp = int(time.time())
        account, at = self._config, urlsplit(self._config.url)
        headers = {
            "Content-Type": KIND, "Host": at.netloc, "X-TC-Action": ACTION, "X-TC-Version": VERSION,
            "X-TC-Timestamp": str(stamp),
            "Authorization": authorization(account.secret_id, account.secret_key, (at.netloc, at.path), stamp, body),
        }  # fmt: skip
        try:
            answer = self._client.post(account.url, content=body, headers=headers)
        except httpx.HTTPError:
            raise IdentityCheckFailed(permanent=False, code="unanswered") from None
        if worth_another_try(answer.status_code) or answer.status_code != HTTPStatus.OK:
            raise IdentityCheckFailed(permanent=False, code=f"http_{answer.status_code}")
        return _understood(_response(answer.content))


def authorization(secret_id: str, secret_key: str, at: tuple[str, str], stamp: int, body: bytes) -> str:
    """Return the Authorization header of a call. at: host and path. stamp: Unix seconds."""
    day = datetime.fromtimestamp(stamp, UTC).date().isoformat()
    scope = f"{day}/{SERVICE}/tc3_request"
    signed = "content-type;host;x-tc-action"
    named = (f"content-type:{KIND}", f"host:{at[0]}", f"x-tc-action:{ACTION.lower()}")
    asked = "\n".join(("POST", at[1], "", *named, "", signed, _hash(body)))
    text = "\n".join(("TC3-HMAC-SHA256", str(stamp), scope, _hash(asked.encode())))
    key = f"TC3{secret_key}".encode()
    for part in (day, SERVICE, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={signed}, Signature={signature}"


def _response(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content) if len(content) <= _LARGEST else None
    except ValueError:
        found = None
    response = found.get("Response") if isinstance(found, dict) else None
    if not isinstance(response, dict) or not isinstance(response.get("RequestId"), str):
        raise IdentityCheckFailed(permanent=False, code="unreadable_answer")
    return response


def _understood(response: Mapping[str, Any]) -> Checked:
    """Return what an answer says; raises for one that says nothing about the question."""
    error = response.get("Error")
    if isinstance(error, dict):
        code = str(error.get("Code"))
        busy = code.startswith("RequestLimitExceeded")
        raise IdentityCheckFailed(permanent=not busy, code="busy" if busy else code[:60])
    result = str(response.get("Result"))
    if result in _ANSWERS:
        return Checked(_ANSWERS[result], response["RequestId"][:64])
    if result in _REFUSED:
        raise IdentityCheckFailed(permanent=True, code=_REFUSED[result])
    raise IdentityCheckFailed(permanent=False, code=f"result_{result[:8]}")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
