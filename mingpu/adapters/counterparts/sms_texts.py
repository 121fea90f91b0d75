"""The message texts that the SMS provider has approved for the mall, by template code."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedText:
    """One template: our name for it, its language, its words with `${parameters}`."""

    name: str
    language: str
    text: str


TEXTS: Final = {
    "SMS_310010001": ApprovedText(
        name="verify_register",
        language="zh-hans",
        text="您的注册验证码是${code}，请勿告诉他人。",
    ),
    "SMS_310010002": ApprovedText(
        name="verify_register",
        language="en",
        text="${code} is your code to register. Tell no one.",
    ),
    "SMS_310010003": ApprovedText(
        name="verify_login",
        language="zh-hans",
        text="您的登录验证码是${code}，请勿告诉他人。",
    ),
    "SMS_310010004": ApprovedText(
        name="verify_login",
        language="en",
        text="${code} is your code to log in. Tell no one.",
    ),
    "SMS_310010005": ApprovedText(
        name="verify_reset",
        language="zh-hans",
        text="您的密码重置验证码是${code}，请勿告诉他人。",
    ),
    "SMS_310010006": ApprovedText(
        name="verify_reset",
        language="en",
        text="${code} is your code to set a new password. Tell no one.",
    ),
    "SMS_310010007": ApprovedText(
        name="verify_cancel",
        language="zh-hans",
        text="您正在注销账号，验证码是${code}，请勿告诉他人。",
    ),
    "SMS_310010008": ApprovedText(
        name="verify_cancel",
        language="en",
        text="${code} is your code to cancel your account. Tell no one.",
    ),
    "SMS_310010009": ApprovedText(
        name="no_account",
        language="zh-hans",
        text="有人用此号码申请登录，但它还没有账号。如非本人操作，请忽略。",
    ),
    "SMS_310010010": ApprovedText(
        name="no_account",
        language="en",
        text="Someone tried to log in with this number, but it has no account. If it was not you, ignore this.",
    ),
    "SMS_310010011": ApprovedText(
        name="already_account",
        language="zh-hans",
        text="有人用此号码申请注册，但它已有账号，请直接登录。如非本人操作，请忽略。",
    ),
    "SMS_310010012": ApprovedText(
        name="already_account",
        language="en",
        text="Someone tried to register this number, but it has an account: just log in."
        " If it was not you, ignore this.",
    ),
    "SMS_310010013": ApprovedText(
        name="incident",
        language="zh-hans",
        text="一起安全事件可能影响到您的信息，详情请登录明铺隐私中心查看。",
    ),
    "SMS_310010014": ApprovedText(
        name="incident",
        language="en",
        text="An incident may have touched your data. Please log in and see the privacy centre.",
    ),
}
