"""Alibaba Cloud's SMS service: SendSms of 2017-05-25, with ACS3-HMAC-SHA256 checked."""

import hashlib
import hmac
import json
import re
import string
import time
import uuid
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.inbox import Inbox
from mingpu.adapters.counterparts.sms_texts import TEXTS
from mingpu.adapters.counterparts.world import World

PARTY: Final = "sms"
_AUTHORIZATION: Final = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})"
)
_NUMBER: Final = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_MOST_NUMBERS: Final = 1000
_LONGEST_VALUE: Final = 35
_WINDOW: Final = 900  # seconds a request stays valid
_MUST_BE_SIGNED: Final = {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce"}


class Refused(Exception):
    """The provider refuses: HTTP status (200 for business errors), code and message."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        self.status = status
        self.code = code
        self.message = message or code
        super().__init__(code)


class Sms:
    """The provider: accepts messages and brings them to the phones."""

    def __init__(self, world: World, inbox: Inbox) -> None:
        self._world = world
        self._keys = world.config.keys.sms
        self._inbox = inbox

    async def service(self, request: Request) -> Response:
        """POST /, parameters in the query or as a form."""

        async def answer(body: bytes, fault: Fault | None) -> Response:
            try:
                self._check_signature(request, body)
                biz_id = self._send(
                    _parameters(request, body), limited=fault is not None and fault.kind == "limit"
                )
            except Refused as refused:
                return _reply(refused.status, refused.code, refused.message)
            return _reply(200, "OK", "OK", BizId=biz_id)

        def broken() -> Response:
            return _reply(500, "InternalError", "The request processing has failed.")

        return await self._world.receive(PARTY, request, answer, broken=broken)

    def _check_signature(self, request: Request, body: bytes) -> None:
        """Check who is calling. Raises Refused."""
        found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
        if not found:
            raise Refused(400, "MissingAuthorization")
        if found[1] != self._keys.access_key_id:
            raise Refused(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
        signed = found[2].split(";")
        hashed = hashlib.sha256(body).hexdigest()
        if request.headers.get("x-acs-content-sha256") != hashed or not _MUST_BE_SIGNED.issubset(signed):
            raise Refused(400, "SignatureDoesNotMatch")
        headers = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in signed)
        canonical = "\n".join(("POST", "/", _canonical_query(request), headers, found[2], hashed))
        text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
        proof = hmac.new(self._keys.access_key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(proof, found[3]):
            raise Refused(400, "SignatureDoesNotMatch")
        try:
            at = datetime.strptime(request.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            raise Refused(400, "InvalidTimeStamp.Format") from None
        if abs(time.time() - at.timestamp()) > _WINDOW:
            raise Refused(400, "InvalidTimeStamp.Expired")
        if not self._world.store.fresh(PARTY, request.headers["x-acs-signature-nonce"]):
            raise Refused(400, "SignatureNonceUsed")
        action, version = request.headers["x-acs-action"], request.headers["x-acs-version"]
        if (action, version) != ("SendSms", "2017-05-25"):
            raise Refused(404, "InvalidAction.NotFound")

    def _send(self, asked: dict[str, str], *, limited: bool) -> str:
        """Take one message; return BizId. Raises Refused, status 200."""
        numbers = [_NUMBER.fullmatch(one) for one in asked.get("PhoneNumbers", "").split(",")]
        if not 0 < len(numbers) <= _MOST_NUMBERS or not all(numbers):
            raise Refused(200, "isv.MOBILE_NUMBER_ILLEGAL", "手机号码格式错误")
        if asked.get("SignName") != self._keys.sign_name:
            raise Refused(200, "isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名")
        template = TEXTS.get(asked.get("TemplateCode", ""))
        if template is None:
            raise Refused(200, "isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板")
        text = _fill(template.text, asked.get("TemplateParam") or "{}")
        phones = [found[1] for found in numbers if found]
        if limited or any(self._had_enough(phone) for phone in phones):
            raise Refused(200, "isv.BUSINESS_LIMIT_CONTROL", "触发号码流控")
        with self._world.store.together():
            for phone in phones:
                self._world.store.run("INSERT INTO sms_sent (phone, at) VALUES (?, ?)", phone, time.time())
            self._inbox.deliver(
                channel="sms", to=phones, subject="", text=f"【{self._keys.sign_name}】{text}"
            )
        return f"{uuid.uuid4().int % 10**18:018d}^0"

    def _had_enough(self, phone: str) -> bool:
        """Tell whether a number has had its share within any of the configured spans."""
        now = time.time()
        for most, seconds in self._world.config.sms_limits:
            sql = "SELECT count(*) FROM sms_sent WHERE phone = ? AND at > ?"
            count = self._world.store.value(sql, phone, now - seconds)
            if count >= most:
                return True
        return False


def _canonical_query(request: Request) -> str:
    pairs = sorted(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)


def _parameters(request: Request, body: bytes) -> dict[str, str]:
    """Return the call's parameters: those of the query, then those of the form."""
    return dict(request.query_params) | dict(parse_qsl(body.decode("utf-8", "replace")))


def _fill(text: str, parameters: str) -> str:
    """Put the parameters, a JSON object, into a template. Raises Refused, status 200."""
    try:
        values = json.loads(parameters)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise Refused(200, "isv.INVALID_JSON_PARAM", "参数格式错误，请修改为字符串值")
    if any(not isinstance(value, str) or len(value) > _LONGEST_VALUE for value in values.values()):
        raise Refused(200, "isv.PARAM_LENGTH_LIMIT", "参数超过长度限制")
    try:
        return string.Template(text).substitute(values)
    except KeyError:
        raise Refused(200, "isv.TEMPLATE_MISSING_PARAMETERS", "模板变量缺少对应参数值") from None


def _reply(status: int, code: str, message: str, **more: Any) -> Response:
    identity = str(uuid.uuid4()).upper()
    body = {"Message": message, "RequestId": identity, "Code": code} | more
    return JSONResponse(body, status)
