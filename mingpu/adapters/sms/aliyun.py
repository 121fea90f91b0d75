"""Alibaba Cloud Short Message Service, 2017-05-25, through its official client (ACS3-HMAC-SHA256)."""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import SendSmsRequest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.runtime import RuntimeOptions

from mingpu.adapters.calls import Patience, worth_another_try
from mingpu.adapters.sms import TEMPLATES, SmsFailed

# A later try may pass these; anything else the provider refuses stays refused.
_PASSING: Final = frozenset(
    {
        "isv.BUSINESS_LIMIT_CONTROL",  # this number had its share for now
        "isv.DAY_LIMIT_CONTROL",
        "isv.MONTH_LIMIT_CONTROL",
        "isv.OUT_OF_SERVICE",
        "isv.AMOUNT_NOT_ENOUGH",
        "isp.SYSTEM_ERROR",
        "isp.GATEWAY_ERROR",
        "ServiceUnavailable",
        "InternalError",
        "SignatureNonceUsed",
        "InvalidTimeStamp.Expired",
    }
)
_MAINLAND: Final = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class AliyunSmsConfig:
    """Where and as whom to send.

    endpoint: host, or host:port, without a scheme; protocol `http` is for a counterpart on this machine.
    templates: `name.language`, the name from `TEMPLATES` -> the provider's template code.
    """

    access_key_id: str
    access_key_secret: str = field(repr=False)
    sign_name: str
    templates: Mapping[str, str]
    endpoint: str = "dysmsapi.aliyuncs.com"
    protocol: Literal["https", "http"] = "https"
    patience: Patience = field(default_factory=Patience)


class AliyunSms:
    """`SmsSender` by Alibaba Cloud. Safe to share between threads."""

    def __init__(self, config: AliyunSmsConfig) -> None:
        self._config = config
        # The official client puts number and code into the query; urllib3 would write both at DEBUG.
        logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
        self._client = Client(
            Config(
                access_key_id=config.access_key_id,
                access_key_secret=config.access_key_secret,
                endpoint=config.endpoint,
                protocol=config.protocol,
            )
        )
        self._runtime = RuntimeOptions(
            connect_timeout=int(config.patience.connect * 1000),
            read_timeout=int(config.patience.read * 1000),
            autoretry=False,
        )

    def payload_for(
        self,
        *,
        phone: str,
        template: str,
        parameters: Mapping[str, str],
        reference: str,
        language: str = "zh-hans",
    ) -> dict[str, Any]:
        """Return the fields of SendSms: PhoneNumbers SignName TemplateCode TemplateParam OutId.

        Raises SmsFailed, permanent, for a number or a template that cannot be sent.
        """
        number = _MAINLAND.fullmatch(phone)
        if number is None:
            raise SmsFailed(permanent=True, code="bad_number")
        code = self._config.templates.get(f"{template}.{language}")
        if code is None or frozenset(parameters) != TEMPLATES.get(template):
            raise SmsFailed(permanent=True, code="bad_template")
        return {
            "PhoneNumbers": number[1],
            "SignName": self._config.sign_name,
            "TemplateCode": code,
            "TemplateParam": json.dumps(dict(parameters), ensure_ascii=False),
            "OutId": reference,
        }

    def send(
        self,
        *,
        phone: str,
        template: str,
        parameters: Mapping[str, str],
        reference: str,
        language: str = "zh-hans",
    ) -> str:
        """Send one message; return BizId. See `SmsSender.send`. Raises SmsFailed."""
        payload = self.payload_for(
            phone=phone, template=template, parameters=parameters, reference=reference, language=language
        )
        answer = self._call(payload)
        if isinstance(answer, SmsFailed):
            raise answer
        return answer

    def _call(self, payload: dict[str, Any]) -> str | SmsFailed:
        """Return BizId or the failure.

        A failure is handed back and raised by the caller, outside `except`: the client's own exception
        carries the whole URL, number and code included, and would travel along as its context.
        """
        try:
            body = self._client.send_sms_with_options(SendSmsRequest().from_map(payload), self._runtime).body
        except AlibabaCloudException as refused:
            code = str(refused.code or "refused")
            passing = code in _PASSING or worth_another_try(refused.status_code or 500)
            return SmsFailed(permanent=not passing, code=code)
        except Exception:  # noqa: BLE001 - the client wraps every cause, timeouts too, in types of its own
            return SmsFailed(permanent=False, code="unanswered")
        if body.code != "OK":
            code = str(body.code or "refused")
            return SmsFailed(permanent=code not in _PASSING, code=code)
        if not body.biz_id:
            return SmsFailed(permanent=False, code="unanswered")
        return str(body.biz_id)
