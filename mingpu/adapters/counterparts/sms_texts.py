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
    "SMS_310010015": ApprovedText(
        name="verify_confirm",
        language="zh-hans",
        text="您正在确认本人操作，验证码是${code}，请勿告诉他人。",
    ),
    "SMS_310010016": ApprovedText(
        name="verify_confirm",
        language="en",
        text="${code} is your code to confirm that it is you. Tell no one.",
    ),
    "SMS_310010017": ApprovedText(
        name="notice_export",
        language="zh-hans",
        text="您的账号刚刚申请导出个人信息。如非本人操作，请立即修改密码并在隐私中心删除该导出。",
    ),
    "SMS_310010018": ApprovedText(
        name="notice_export",
        language="en",
        text="A copy of your data was just asked for. If it was not you, change your password"
        " and delete the copy in the privacy centre.",
    ),
    "SMS_310010019": ApprovedText(
        name="notice_transfer",
        language="zh-hans",
        text="您的账号申请将个人信息转移到另一家商城，稍后发出。如非本人操作，请立即在隐私中心叫停。",
    ),
    "SMS_310010020": ApprovedText(
        name="notice_transfer",
        language="en",
        text="Your data is to be handed to another mall soon. If it was not you, stop it in the privacy centre.",
    ),
    "SMS_310010021": ApprovedText(
        name="notice_kin",
        language="zh-hans",
        text="有人以近亲属身份就本账号提出请求。如您是本人，请在7天内登录，该请求即终止。",
    ),
    "SMS_310010022": ApprovedText(
        name="notice_kin",
        language="en",
        text="Somebody made a request about this account as a close relative. If you are its owner,"
        " log in within 7 days and it ends.",
    ),
    "SMS_310010023": ApprovedText(
        name="notice_security",
        language="zh-hans",
        text="您账号的登录安全设置刚刚改动，或使用了一个恢复码。如非本人操作，请立即登录查看并修改密码。",
    ),
    "SMS_310010024": ApprovedText(
        name="notice_security",
        language="en",
        text="How you sign in was just changed, or a recovery code was used. If it was not you, log in and change"
        " your password.",
    ),
    "SMS_310010025": ApprovedText(
        name="notice_recovery",
        language="zh-hans",
        text="有人申请更换您账号的密码，72小时后生效。如非本人操作，请登录后在“找回密码”里一键叫停。",
    ),
    "SMS_310010026": ApprovedText(
        name="notice_recovery",
        language="en",
        text="Somebody asked for a new password of your account; it holds in 72 hours. If it was not you, log in and"
        " stop it under Recovery.",
    ),
    "SMS_310010041": ApprovedText(
        name="notice_linked",
        language="zh-hans",
        text="您的账号刚刚绑定了一个第三方账号，可用它登录。如非本人操作，请立即修改密码并解绑。",
    ),
    "SMS_310010042": ApprovedText(
        name="notice_linked",
        language="en",
        text="An account of another service was just linked to yours. If it was not you, change your password"
        " and unlink it.",
    ),
    "SMS_310010043": ApprovedText(
        name="notice_unlinked",
        language="zh-hans",
        text="您的账号刚刚解绑了一个第三方账号。如非本人操作，请立即修改密码。",
    ),
    "SMS_310010044": ApprovedText(
        name="notice_unlinked",
        language="en",
        text="A linked account was just taken off yours. If it was not you, change your password.",
    ),
    "SMS_310010051": ApprovedText(
        name="notice_sign_in",
        language="zh-hans",
        text="您的账号刚刚在一个没有登录过的浏览器或设备上登录。如非本人操作，请立即修改密码。",
    ),
    "SMS_310010052": ApprovedText(
        name="notice_sign_in",
        language="en",
        text="Your account was just signed in from a browser or device it was not used on before. If it"
        " was not you, change your password.",
    ),
    "SMS_310010053": ApprovedText(
        name="notice_password",
        language="zh-hans",
        text="您的登录密码刚刚改了。如非本人操作，请立即用验证码重设密码。",
    ),
    "SMS_310010054": ApprovedText(
        name="notice_password",
        language="en",
        text="Your password was just changed. If it was not you, set a new one by code at once.",
    ),
    "SMS_310010055": ApprovedText(
        name="notice_leaving",
        language="zh-hans",
        text="您的账号刚刚申请注销，冷静期内可以撤回。如非本人操作，请立即登录撤回并修改密码。",
    ),
    "SMS_310010056": ApprovedText(
        name="notice_leaving",
        language="en",
        text="Your account was just asked to be cancelled. If it was not you, log in, withdraw it and"
        " change your password.",
    ),
    "SMS_310010057": ApprovedText(
        name="notice_order_shipped",
        language="zh-hans",
        text="您的一笔订单已发货，请在明铺查看。",
    ),
    "SMS_310010058": ApprovedText(
        name="notice_order_shipped",
        language="en",
        text="One of your orders is on its way. See Mingpu.",
    ),
    "SMS_310010059": ApprovedText(
        name="notice_order_delivered",
        language="zh-hans",
        text="您的一笔订单已送达，请在明铺查看。",
    ),
    "SMS_310010060": ApprovedText(
        name="notice_order_delivered",
        language="en",
        text="One of your orders has arrived. See Mingpu.",
    ),
    "SMS_310010061": ApprovedText(
        name="notice_address",
        language="zh-hans",
        text="您一笔订单的收货信息刚刚修改。如非本人操作，请立即登录查看订单并修改密码。",
    ),
    "SMS_310010062": ApprovedText(
        name="notice_address",
        language="en",
        text="Where an order of yours goes was just changed. If it was not you, log in, look at it and change your"
        " password.",
    ),
    "SMS_310010063": ApprovedText(
        name="notice_phone",
        language="zh-hans",
        text="您账号的手机号刚刚更换，其他设备已退出。如非本人操作，请立即用密码或邮箱登录查看，并联系客服。",
    ),
    "SMS_310010064": ApprovedText(
        name="notice_phone",
        language="en",
        text="The number of your account was just changed; other sign-ins have ended. If it was not you, log in by"
        " password at once and write to us.",
    ),
}
