"""Pages for people: the start page, the inbox and the paying phone."""

from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from mingpu.adapters.counterparts.faults import KINDS, Faults
from mingpu.adapters.counterparts.html import button, card, choice, empty, note, page, show, yuan
from mingpu.adapters.counterparts.inbox import Inbox
from mingpu.adapters.counterparts.store import Store
from mingpu.lib.text import Text

_TRADE_STATES: Final = {
    "NOTPAY": Text("待支付", "To be paid"),
    "SUCCESS": Text("已支付", "Paid"),
    "REFUND": Text("已支付，有退款", "Paid, refunded in part or in full"),
    "CLOSED": Text("已关闭", "Closed"),
}
_DOORS: Final = (
    (
        "/inbox",
        Text("收件箱", "Inbox"),
        Text("商城发出的短信和邮件", "Messages and mails the mall sent"),
    ),
    (
        "/wechatpay",
        Text("微信支付：扫码付款", "WeChat Pay: scan to pay"),
        Text("待付款的订单", "What waits to be paid"),
    ),
    (
        "/alipay",
        Text("支付宝：扫码或网页付款", "Alipay: pay by code or page"),
        Text("待付款的订单", "What waits to be paid"),
    ),
    (
        "/unionpay",
        Text("银联：扫码或网页付款", "UnionPay: pay by code or page"),
        Text("待付款的订单", "What waits to be paid"),
    ),
    (
        "/fapiao",
        Text("电子发票", "Electronic invoices"),
        Text("开出和冲红的发票", "Invoices issued and cancelled"),
    ),
    (
        "/topup",
        Text("话费充值", "Phone top-up"),
        Text("供应商收到的充值", "What the supplier was asked for"),
    ),
    (
        "/identity",
        Text("实名核验", "Real-name checks"),
        Text("核验过的姓名，号码从不显示", "Names that were checked; never a number"),
    ),
    (
        "/deletion",
        Text("删除通知", "Notices of deletion"),
        Text("各接收方收到的删除通知", "What recipients were told to delete"),
    ),
    (
        "/mall",
        Text("另一家商城", "Another mall"),
        Text("收到的数据包", "Packages it was handed"),
    ),
    (
        "/sf",
        Text("顺丰：快递员", "SF: the courier"),
        Text("推进每一张运单", "Move each parcel along"),
    ),
    (
        "/yto",
        Text("圆通：快递员", "YTO: the courier"),
        Text("推进每一张运单", "Move each parcel along"),
    ),
)


class Pages:
    """Shows what the parties know."""

    def __init__(self, store: Store, faults: Faults, inbox: Inbox) -> None:
        self._store = store
        self._faults = faults
        self._inbox = inbox

    def index(self) -> Response:
        """GET / in a browser."""
        cards = "".join(
            card(f'<h2><a href="{path}">{show(name)}</a></h2>', note(words)) for path, name, words in _DOORS
        )
        intro = note(
            Text(
                "商城之外的各方都在这里，由本机扮演：有自己的密钥，会签名、重试，也会按要求出错。",
                "Everyone the mall talks to, played on this machine: with keys of their own, signing,"
                " retrying, and misbehaving when asked to.",
            )
        )
        return page(Text("对方世界", "The other side"), intro + cards + self._fault_card())

    def _fault_card(self) -> str:
        kinds = sorted({kind for channels in KINDS.values() for some in channels.values() for kind in some})
        form = (
            '<form method="post" action="/faults" class="row">'
            + choice("party", Text("哪一方", "Party"), KINDS)
            + choice("kind", Text("怎样出错", "Misbehaviour"), kinds)
            + f'<label>{show(Text("次数", "Times"))}<input name="times" type="number" value="1" min="1"></label>'
            + f"<button>{show(Text('安排', 'Arrange'))}</button></form>"
        )
        waiting = "".join(
            f"<li>{show(one['party'])} · {show(one['kind'])} × {one['remaining']}</li>"
            for one in self._faults.waiting()
        )
        title = f"<h2>{show(Text('安排一次出错', 'Arrange a misbehaviour'))}</h2>"
        return card(title, form, f"<ul>{waiting}</ul>" if waiting else "")

    def inbox(self, request: Request) -> Response:
        """GET /inbox in a browser, newest first."""
        to = request.query_params.get("to")
        messages = list(reversed(self._inbox.read(to)))[:200]
        search = (
            '<form method="get" action="/inbox" class="row">'
            f'<label>{show(Text("号码或邮箱", "Number or address"))}<input name="to" value="{show(to or "")}"></label>'
            f"<button>{show(Text('查找', 'Find'))}</button></form>"
        )
        found = "".join(
            card(
                f'<p class="meta">{show(one["channel"])} · {show(one["to"])} · {_time(one["at"])}</p>',
                f"<h2>{show(one['subject'])}</h2>" if one["subject"] else "",
                f'<p class="text">{show(one["text"])}</p>',
            )
            for one in messages
        )
        nothing = card(empty(Text("还没有消息。", "No messages yet.")))
        return page(Text("收件箱", "Inbox"), card(search) + (found or nothing))

    def trades(self) -> Response:
        """GET /wechatpay: trades, newest first."""
        rows = self._store.all("SELECT * FROM trade ORDER BY at DESC LIMIT 100")
        found = "".join(
            card(
                f'<p class="state">{show(_TRADE_STATES[row["state"]])}</p>',
                f'<h2><a href="/wechatpay/pay?code_url={quote(row["code_url"], safe="")}">{yuan(row["total"])}</a></h2>',
                f'<p class="meta">{show(row["description"])} · {show(row["out_trade_no"])}</p>',
            )
            for row in rows
        )
        nothing = card(empty(Text("还没有订单。", "No orders yet.")))
        return page(Text("微信支付", "WeChat Pay"), found or nothing, theme="wechatpay")

    def pay(self, request: Request) -> Response:
        """GET /wechatpay/pay?code_url=: the phone that has scanned a code."""
        title = Text("确认付款", "Confirm payment")
        code_url = request.query_params.get("code_url", "")
        row = self._store.one("SELECT * FROM trade WHERE code_url = ?", code_url)
        if row is None:
            words = Text("这个二维码无效。", "This code is not valid.")
            return page(title, card(empty(words)), status=404, theme="wechatpay")
        parts = [
            f'<p class="middle note">{show(row["description"])}</p>',
            f'<p class="amount">{yuan(row["total"])}</p>',
            f'<p class="middle meta">{show(row["out_trade_no"])}</p>',
        ]
        expired = row["expires"] is not None and row["expires"] < datetime.now(UTC).timestamp()
        if row["state"] == "NOTPAY" and not expired:
            parts.append(
                button("/wechatpay/scan", Text("付款", "Pay"), [("code_url", code_url)], strong=True)
            )
        else:
            late = row["state"] == "NOTPAY"
            words = (
                Text("已过期，不能付款。", "Expired: it cannot be paid.")
                if late
                else _TRADE_STATES[row["state"]]
            )
            parts.append(f'<p class="middle state" role="status">{show(words)}</p>')
        return page(title, card(*parts), theme="wechatpay")


def _time(text: str) -> str:
    """Show a time with its machine-readable form."""
    return f'<time datetime="{show(text)}">{show(text[:19].replace("T", " "))} UTC</time>'
