"""Everything a person can be told of, as one table: the words, the ways it may go, which of them can be switched off.

No text holds anything personal: a message may be read by whoever holds the phone. What it is about is seen in the mall.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mingpu.lib.text import Text

APP, MAIL, SMS = "app", "mail", "sms"
CHANNELS: Final = {
    APP: Text("站内", "Mingpu"),
    MAIL: Text("邮件", "E-mail"),
    SMS: Text("短信", "SMS"),
}
ALWAYS, ON, OFF = "always", "on", "off"  # cannot be switched off | until switched off | only when switched on
SECURITY, ORDERS, RIGHTS, OFFERS = "security", "orders", "rights", "offers"
GROUPS: Final = {
    SECURITY: Text("账户安全", "Safety of the account"),
    ORDERS: Text("订单与售后", "Orders and after-sales"),
    RIGHTS: Text("隐私与权利", "Privacy and rights"),
    OFFERS: Text("优惠提醒", "Offers"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing to be told of. ways: channel -> always | on | off; a channel that is missing never carries it.

    page: the mall's page it leads to, which may be named by what it is about. marketing: only under that consent.
    """

    code: str
    group: str
    title: Text
    text: Text
    page: str
    ways: Mapping[str, str]
    marketing: bool = False

    @property
    def security(self) -> bool:
        """Whether somebody has to know at once, at whatever hour."""
        return self.group == SECURITY

    @property
    def template(self) -> str:
        """The name its short message has at the provider."""
        return f"notice_{self.code}"


_LOUD: Final = {APP: ALWAYS, MAIL: ALWAYS, SMS: ALWAYS}
_KEPT: Final = {APP: ON, MAIL: ON}
_WITH_SMS: Final = {APP: ON, MAIL: ON, SMS: OFF}

_ALL: Final = (
    # ---- what a thief would do: every way, no switch ----
    Kind(
        "sign_in", SECURITY, Text("新的浏览器或设备登录了", "A sign-in from a new browser or device"),
        Text("您的账户刚刚在一个没有登录过的浏览器或设备上登录。如非本人操作，请立即修改密码，并在“设备与登录”里结束它。", "Your account was just signed in from a browser or device it was not used on before. If it was not you, change your password and end that sign-in under “Devices and sign-ins”."),
        "devices", _LOUD,
    ),
    Kind(
        "password", SECURITY, Text("登录密码改了", "Your password was changed"),
        Text("您的登录密码刚刚改了，其他登录都已结束。如非本人操作，请立即用验证码重设密码。", "Your password was just changed and every other sign-in ended. If it was not you, set a new one by code at once."),
        "devices", _LOUD,
    ),
    Kind(
        "security", SECURITY, Text("登录安全设置有改动", "How you sign in was changed"),
        Text("您账户的登录安全设置刚刚改动，或使用了一个恢复码。如非本人操作，请立即登录，退出其他设备并修改密码。", "How you sign in was just changed, or a recovery code was used. If it was not you, log in at once, end the other sign-ins and change your password."),
        "second_step", _LOUD,
    ),
    Kind(
        "recovery", SECURITY, Text("有人申请找回您的密码", "Somebody asked for a new password"),
        Text("有人用您的手机号或邮箱申请换一个新密码，72 小时后生效。如非本人操作，请在此之前一键叫停。", "Somebody with your number or mailbox asked for a new password; it holds in 72 hours. If it was not you, stop it with one tap before then."),
        "recovery", _LOUD,
    ),
    Kind(
        "linked", SECURITY, Text("绑定了第三方账号", "Another account was linked to yours"),
        Text("您的账户刚刚绑定了一个第三方账号，以后可以用它登录。如非本人操作，请立即修改密码，并在“第三方账号”里解绑。", "An account of another service was just linked to yours: it can be used to log in. If it was not you, change your password and unlink it under “Linked accounts”."),
        "linked", _LOUD,
    ),
    Kind(
        "unlinked", SECURITY, Text("解绑了第三方账号", "A linked account was taken off yours"),
        Text("您的账户刚刚解绑了一个第三方账号，它的昵称和头像地址已删除。如非本人操作，请立即修改密码。", "An account of another service was just unlinked from yours; its nickname and the address of its picture are deleted. If it was not you, change your password."),
        "linked", _LOUD,
    ),
    Kind(
        "export", SECURITY, Text("您申请了导出个人信息", "A copy of your data was asked for"),
        Text("您的账户刚刚申请导出个人信息。如非本人操作，请立即修改密码，并在隐私中心删除该导出。", "A copy of your data was just asked for. If it was not you, change your password and delete the copy in the privacy centre."),
        "exports", _LOUD,
    ),
    Kind(
        "transfer", SECURITY, Text("您的信息将转移到另一家商城", "Your data is to go to another mall"),
        Text("您的账户申请将个人信息转移到另一家商城，等候期过后发出。如非本人操作，请立即在隐私中心叫停。", "Your data is to be handed to another mall once the wait is over. If it was not you, stop it in the privacy centre."),
        "transfers", _LOUD,
    ),
    Kind(
        "kin", SECURITY, Text("有人就您的账户提出请求", "A request about your account"),
        Text("有人以近亲属身份就您的账户提出请求，两名员工已经同意，7 天后办理。如您是本人，请在此之前登录，该请求即终止。", "Somebody made a request about your account as a close relative; two members of staff agreed, and it takes effect in 7 days. If you are its owner, log in before then and it ends."),
        "privacy", _LOUD,
    ),
    Kind(
        "leaving", SECURITY, Text("账户正在注销", "Your account is being cancelled"),
        Text("您的账户刚刚申请注销，冷静期满后删除，期间随时可以撤回。如非本人操作，请立即登录撤回并修改密码。", "Your account was just asked to be cancelled; it is erased when the cooling-off period is over, and you can stay until then. If it was not you, log in, withdraw it and change your password."),
        "cancellation", _LOUD,
    ),
    Kind(
        "address", SECURITY, Text("一笔订单改了收货信息", "An order goes somewhere else"),
        Text("您一笔已提交订单的收货信息刚刚修改。如非本人操作，请立即登录查看这笔订单，改回地址，退出其他设备并修改密码。", "Where an order of yours goes was just changed. If it was not you, log in at once, change it back, end the other sign-ins and change your password."),
        "orders", _LOUD,
    ),
    Kind(
        "phone", SECURITY, Text("账户的手机号换了", "The number of your account was changed"),
        Text("您账户的手机号刚刚更换，其他设备都已退出。新号码 72 小时内不能用来找回密码。如非本人操作，请立即用密码登录，改回号码并修改密码；登录不了，请用邮箱找回密码。", "The number of your account was just changed; the other sign-ins have ended. For 72 hours the new number wins no password back. If it was not you, log in by password at once, change it back and change the password; if you cannot get in, recover the password with your mailbox."),
        "devices", _LOUD,
    ),
    # ---- orders ----
    Kind(
        "order_paid", ORDERS, Text("订单已付款", "Your order is paid"),
        Text("您的一笔订单已付款，正在备货。", "One of your orders is paid and being packed."), "order", _KEPT,
    ),
    Kind(
        "order_shipped", ORDERS, Text("订单已发货", "Your order is on its way"),
        Text("您的一笔订单已交给快递。", "One of your orders is with the courier."), "order", _WITH_SMS,
    ),
    Kind(
        "order_delivered", ORDERS, Text("订单已送达", "Your order has arrived"),
        Text("您的一笔订单已送达。如未收到，请在订单里联系我们。", "One of your orders has arrived. If you did not get it, tell us from the order."), "order", _WITH_SMS,
    ),
    Kind(
        "refund_done", ORDERS, Text("退款已到账", "Your money is back"),
        Text("您的一笔退款已原路退回。", "A refund was paid back the way it came."), "order", _KEPT,
    ),
    Kind(
        "case_decided", ORDERS, Text("售后申请有结果了", "Your after-sales request is decided"),
        Text("您的一笔售后申请已处理，请查看结果。", "One of your after-sales requests was decided; see how."), "case", _KEPT,
    ),
    Kind(
        "invoice_ready", ORDERS, Text("电子发票已开具", "Your invoice is ready"),
        Text("您申请的电子发票已开具，可以下载。", "The invoice you asked for is issued and can be downloaded."), "order", _KEPT,
    ),
    # ---- rights ----
    Kind(
        "export_ready", RIGHTS, Text("个人信息副本已备好", "The copy of your data is ready"),
        Text("您申请的个人信息副本已备好，保留 3 天。", "The copy of your data is ready; it is kept for three days."), "exports", _KEPT,
    ),
    Kind(
        "request_answered", RIGHTS, Text("您的请求有答复了", "Your request is answered"),
        Text("您就个人信息提出的请求已有答复。", "A request you made about your data has an answer."), "rights_request", {APP: ALWAYS, MAIL: ON},
    ),
    Kind(
        "request_late", RIGHTS, Text("您的请求还没有答复", "Your request is not answered yet"),
        Text("您就个人信息提出的请求到期未答复，我们已在催办；您可以随时向监管部门投诉。", "A request you made about your data was not answered in time. We are chasing it; you may complain to the authority at any time."), "rights_request", {APP: ALWAYS, MAIL: ON},
    ),
    Kind(
        "statement", RIGHTS, Text("隐私声明有更新", "The privacy statement has changed"),
        Text("《隐私声明》有了新版本，改了什么、哪些要您重新决定，都列在一页里。", "There is a new version of the privacy statement; one page lists what changed and what waits for your decision."), "news", {APP: ALWAYS, MAIL: ON},
    ),
    # ---- marketing: nothing without its own consent ----
    Kind(
        "coupon_ending", OFFERS, Text("优惠券快到期了", "A coupon of yours ends soon"),
        Text("您领取的一张优惠券将在一天内到期；已用过请忽略。", "A coupon you claimed ends within a day; ignore this if you used it."), "my_coupons", _KEPT, marketing=True,
    ),
)  # fmt: skip

KINDS: Final[Mapping[str, Kind]] = {it.code: it for it in _ALL}
