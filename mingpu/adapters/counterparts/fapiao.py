"""WeChat Pay's invoice service: takes applications, issues after a while, calls back, cancels by red letter."""

import json
import re
import secrets
import sqlite3
import time
import uuid
from collections.abc import Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from mingpu.adapters.counterparts.fapiao_files import ofd_of, pdf_of
from mingpu.adapters.counterparts.faults import Fault
from mingpu.adapters.counterparts.html import card, empty, page, show, yuan
from mingpu.adapters.counterparts.postman import Envelope
from mingpu.adapters.counterparts.wechatpay import WeChatPay
from mingpu.adapters.counterparts.wechatpay_counter import Answer, Counter, object_of
from mingpu.adapters.counterparts.wechatpay_ledger import SETTLING, is_notify_url, moment, need
from mingpu.adapters.counterparts.wechatpay_wire import Refused, seal
from mingpu.adapters.counterparts.world import World
from mingpu.lib.text import Text

PARTY: Final = "fapiao"
_NUMBER: Final = re.compile(r"[0-9A-Za-z_\-|*]{1,32}")
_TAX_CODE: Final = re.compile(r"\d{19}")
_TAX_NUMBER: Final = re.compile(r"[0-9A-Z]{15,20}")
_REASONS: Final = frozenset({"ISSUE_ERROR", "SALES_RETURN", "SERVICE_SUSPENTION", "SALES_DISCOUNT"})
_PIECE: Final = 10**8
_NEXT: Final = {"ISSUE_ACCEPTED": "ISSUED", "REVERSE_ACCEPTED": "REVERSED"}
_STATES: Final = {
    "ISSUE_ACCEPTED": Text("开具中", "Being issued"),
    "ISSUED": Text("已开具", "Issued"),
    "ISSUE_FAILED": Text("开具失败", "Could not be issued"),
    "REVERSE_ACCEPTED": Text("冲红中", "Being cancelled"),
    "REVERSED": Text("已冲红", "Cancelled by red letter"),
}
_TABLES: Final = (
    (
        "CREATE TABLE IF NOT EXISTS fapiao (fapiao_id TEXT PRIMARY KEY, apply_id TEXT NOT NULL UNIQUE,"
        " message TEXT NOT NULL, total INTEGER NOT NULL, state TEXT NOT NULL, outcome TEXT NOT NULL, due REAL,"
        " number TEXT NOT NULL, red_number TEXT NOT NULL, issued_at TEXT, token TEXT NOT NULL, at REAL NOT NULL)"
    ),
    "CREATE TABLE IF NOT EXISTS fapiao_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
)


class Fapiao:
    """The invoice service of the institution; the same merchant, the same keys."""

    name = PARTY
    batch = 1
    waits: Sequence[float] = WeChatPay.waits

    def __init__(self, world: World, institution: WeChatPay) -> None:
        self._world = world
        self._store = world.store
        self._keys = world.config.keys.wechatpay
        self._counter = Counter(world, PARTY, institution.platform)
        for table in _TABLES:
            self._store.run(table)
        world.postman.serve(self)
        world.postman.remind(self._settle)

    async def configure(self, request: Request) -> Response:
        """PATCH /v3/new-tax-control-fapiao/merchant/development-config {callback_url}."""

        def keep(body: bytes) -> Answer:
            url = object_of(body).get("callback_url")
            need(is_notify_url(url), "callback_url")
            self._store.run("INSERT OR REPLACE INTO fapiao_setting VALUES ('callback_url', ?)", url)
            return 200, {"callback_url": url, "show_fapiao_cell": False}

        return await self._counter.receive(request, keep, faulty=False)

    async def apply(self, request: Request) -> Response:
        """POST …/fapiao-applications: 202, the result follows."""

        def take(body: bytes) -> Answer:
            self._take(object_of(body))
            self._world.postman.wake()
            return 202, None

        return await self._counter.receive(request, take)

    async def query(self, request: Request) -> Response:
        """GET …/fapiao-applications/{number}?fapiao_id=."""

        def look(_: bytes) -> Answer:
            row = self._row(request)
            return 200, {"total_count": 1, "fapiao_information": [self._view(row)]}

        return await self._counter.receive(request, look)

    async def reverse(self, request: Request) -> Response:
        """POST …/fapiao-applications/{number}/reverse: 202, the result follows."""

        def cancel(body: bytes) -> Answer:
            self._cancel(self._row(request), object_of(body))
            self._world.postman.wake()
            return 202, None

        return await self._counter.receive(request, cancel)

    async def files(self, request: Request) -> Response:
        """GET …/fapiao-applications/{number}/fapiao-files?fapiao_id=: where the document is."""

        def look(_: bytes) -> Answer:
            row = self._row(request)
            one = {"fapiao_id": row["fapiao_id"], "status": row["state"]}
            if row["issued_at"]:
                one["download_url"] = f"{request.base_url}v3/fapiao-download/file?token={row['token']}"
            return 200, {"fapiao_download_info_list": [one]}

        return await self._counter.receive(request, look)

    async def download(self, request: Request) -> Response:
        """GET the address `files` named, with mchid, invoice_code, invoice_no, fapiao_id and file_type."""

        def find() -> tuple[bytes, str]:
            asked = request.query_params
            row = self._store.one("SELECT * FROM fapiao WHERE token = ?", asked.get("token", ""))
            if row is None or not row["issued_at"]:
                raise Refused(404, "RESOURCE_NOT_EXISTS", "发票文件不存在")
            need(asked.get("mchid") == self._keys.mchid, "mchid")
            need(asked.get("fapiao_id") == row["fapiao_id"], "fapiao_id")
            need(asked.get("invoice_no") == row["number"], "invoice_no")
            need(asked.get("openid", "") == self._payer(row), "openid")
            lines = self._lines(row)
            if asked.get("file_type", "PDF") == "OFD":
                return ofd_of(lines), "application/ofd"
            return pdf_of(lines), "application/pdf"

        return await self._counter.hand_out(request, find)

    def page(self) -> Response:
        """GET /fapiao: invoices, newest first."""
        rows = self._store.all("SELECT * FROM fapiao ORDER BY at DESC LIMIT 100")
        found = "".join(
            card(
                f'<p class="state">{show(_STATES[row["state"]])}</p>',
                f"<h2>{yuan(row['total'])}</h2>",
                f'<p class="meta">{show(row["fapiao_id"])} · {show(row["number"])}</p>',
                f"<p>{show(json.loads(row['message'])['buyer_information']['name'])}</p>",
            )
            for row in rows
        )
        nothing = card(empty(Text("还没有发票。", "No invoices yet.")))
        return page(Text("电子发票", "Electronic invoices"), found or nothing, theme="wechatpay")

    def compose(self, letters: Sequence[dict[str, Any]], url: str, lie: Fault | None) -> Envelope:
        """Write one callback; its resource names no original type, unlike those of payments."""
        event, plain = letters[0]["event"], letters[0]["plain"]
        resource = seal(json.dumps(plain, ensure_ascii=False), "fapiao", self._keys.apiv3_key)
        body = event | {"resource_type": "encrypt-resource", "resource": resource}
        return self._counter.envelope(url, json.dumps(body, ensure_ascii=False, separators=(",", ":")), lie)

    def taken(self, status: int, body: bytes) -> bool:  # noqa: ARG002 - the status alone decides
        """Tell whether the merchant took it: 200 or 204."""
        return status in {200, 204}

    def _take(self, body: dict[str, Any]) -> None:
        """Write down an application; the same again changes nothing. Raises Refused."""
        number, invoice = self._check(body)
        message = json.dumps(body, ensure_ascii=False, sort_keys=True)
        known = self._store.one(
            "SELECT message FROM fapiao WHERE fapiao_id = ? OR apply_id = ?", invoice["fapiao_id"], number
        )
        if known:
            if known["message"] != message:
                raise Refused(409, "RESOURCE_ALREADY_EXISTS", "发票申请单已存在，且参数与首次请求不一致")
            return
        fault = self._world.faults.take(PARTY, "issue")
        self._store.run(
            "INSERT INTO fapiao VALUES (?, ?, ?, ?, 'ISSUE_ACCEPTED', ?, ?, ?, '', NULL, ?, ?)",
            invoice["fapiao_id"],
            number,
            message,
            invoice["total_amount"],
            "ISSUE_FAILED" if fault else "ISSUED",
            time.time() + SETTLING * self._world.config.pace,
            _invoice_number(),
            secrets.token_urlsafe(24),
            time.time(),
        )

    def _check(self, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the application's number and its one invoice. Raises Refused."""
        number, buyer, invoices = (
            body.get(name) for name in ("fapiao_apply_id", "buyer_information", "fapiao_information")
        )
        need(isinstance(number, str) and _NUMBER.fullmatch(number), "fapiao_apply_id")
        need(isinstance(buyer, dict) and buyer.get("name"), "buyer_information")
        assert isinstance(buyer, dict)
        if buyer.get("type") == "ORGANIZATION":
            need(_TAX_NUMBER.fullmatch(str(buyer.get("taxpayer_id"))), "taxpayer_id")
        else:
            need(buyer.get("type") == "INDIVIDUAL" and "taxpayer_id" not in buyer, "type")
        need(isinstance(invoices, list) and len(invoices) == 1, "fapiao_information")
        assert isinstance(invoices, list)
        (invoice,) = invoices
        need(isinstance(invoice, dict) and _NUMBER.fullmatch(str(invoice.get("fapiao_id"))), "fapiao_id")
        need(isinstance(invoice.get("need_list"), bool), "need_list")
        items = invoice.get("items")
        need(isinstance(items, list) and items and all(_is_item(item) for item in items), "items")
        need(sum(item["total_amount"] for item in items) == invoice.get("total_amount"), "total_amount")
        self._check_scene(body.get("scene"), str(number), invoice["total_amount"])
        return str(number), invoice

    def _check_scene(self, scene: object, number: str, total: int) -> None:
        """Tie an application to the payment it names. Raises Refused."""
        need(scene in {"WITH_WECHATPAY", "WITHOUT_WECHATPAY"}, "scene")
        if scene == "WITH_WECHATPAY":
            paid = self._store.value("SELECT total FROM trade WHERE transaction_id = ?", number)
            if paid is None:
                raise Refused(404, "RESOURCE_NOT_EXISTS", "微信支付订单不存在")
            if total > paid:
                raise Refused(400, "INVALID_REQUEST", "发票金额大于订单金额")

    def _cancel(self, row: sqlite3.Row, body: dict[str, Any]) -> None:
        """Take a red letter. Raises Refused."""
        need(body.get("reverse_reason") in _REASONS, "reverse_reason")
        which = body.get("fapiao_information")
        need(isinstance(which, list) and len(which) == 1 and isinstance(which[0], dict), "fapiao_information")
        assert isinstance(which, list)
        right = (which[0].get("fapiao_id"), which[0].get("fapiao_number")) == (
            row["fapiao_id"],
            row["number"],
        )
        need(right, "fapiao_information")
        if row["state"] in {"REVERSE_ACCEPTED", "REVERSED"}:
            return
        fault = self._world.faults.take(PARTY, "reverse")
        if row["state"] != "ISSUED" or fault:
            raise Refused(400, "INVALID_REQUEST", "发票不可冲红：购买方未确认红字发票信息")
        self._store.run(
            "UPDATE fapiao SET state = 'REVERSE_ACCEPTED', outcome = 'REVERSED', due = ?, red_number = ?"
            " WHERE fapiao_id = ?",
            time.time() + SETTLING * self._world.config.pace,
            _invoice_number(),
            row["fapiao_id"],
        )

    def _settle(self, now: float) -> float | None:
        """Finish what is due and call back for it; a failure is not called back. Return when next is due."""
        with self._store.together():
            for row in self._store.all("SELECT * FROM fapiao WHERE due <= ?", now):
                self._store.run(
                    "UPDATE fapiao SET state = outcome, due = NULL,"
                    " issued_at = CASE outcome WHEN 'ISSUED' THEN ? ELSE issued_at END WHERE fapiao_id = ?",
                    moment(),
                    row["fapiao_id"],
                )
                if row["outcome"] == _NEXT[row["state"]]:
                    self._announce(row)
        due: float | None = self._store.value("SELECT min(due) FROM fapiao")
        return due

    def _announce(self, row: sqlite3.Row) -> None:
        url = self._store.value("SELECT value FROM fapiao_setting WHERE name = 'callback_url'")
        event = {
            "id": str(uuid.uuid4()),
            "create_time": moment(),
            "event_type": f"FAPIAO.{row['outcome']}",
            "summary": str(_STATES[row["outcome"]].zh),
        }
        one = {"fapiao_id": row["fapiao_id"], "fapiao_status": row["outcome"]}
        plain = {"mchid": self._keys.mchid, "fapiao_apply_id": row["apply_id"], "fapiao_information": [one]}
        if url:
            self._world.postman.post(PARTY, url, {"event": event, "plain": plain})

    def _row(self, request: Request) -> sqlite3.Row:
        row = self._store.one("SELECT * FROM fapiao WHERE apply_id = ?", request.path_params["number"])
        asked = request.query_params.get("fapiao_id")
        if row is None or asked not in {None, row["fapiao_id"]}:
            raise Refused(404, "RESOURCE_NOT_EXISTS", "发票不存在")
        return row

    def _view(self, row: sqlite3.Row) -> dict[str, Any]:
        """Return an invoice as queries show it."""
        message = json.loads(row["message"])
        view = {
            "fapiao_id": row["fapiao_id"],
            "status": row["state"],
            "total_amount": row["total"],
            "tax_amount": sum(_tax(item) for item in message["fapiao_information"][0]["items"]),
            "buyer_information": message["buyer_information"],
        }
        if row["issued_at"]:
            blue = {"fapiao_code": "", "fapiao_number": row["number"], "fapiao_time": row["issued_at"]}
            view["blue_fapiao"] = blue
        if row["state"] == "REVERSED":
            view["red_fapiao"] = {"fapiao_code": "", "fapiao_number": row["red_number"]}
        payer = self._payer(row)
        if payer:
            view["card_information"] = {"card_appid": self._keys.appid, "card_openid": payer}
        return view

    def _payer(self, row: sqlite3.Row) -> str:
        """Return in whose card package the invoice is; '' when the payment was made elsewhere."""
        found = self._store.value("SELECT openid FROM trade WHERE transaction_id = ?", row["apply_id"])
        return str(found or "")

    def _lines(self, row: sqlite3.Row) -> list[str]:
        """Return what the document says."""
        message = json.loads(row["message"])
        buyer, items = message["buyer_information"], message["fapiao_information"][0]["items"]
        told = [
            f"*{item['goods_name']}*  × {item['quantity'] // _PIECE}  {yuan(item['total_amount'])}"
            f"  税率 {item['tax_rate'] / 100:g}%  税额 {yuan(_tax(item))}"
            for item in items
        ]
        return [
            "电子发票（普通发票）",
            f"发票号码：{row['number']}",
            f"开票日期：{str(row['issued_at'])[:10]}",
            f"购买方：{buyer['name']}",
            f"统一社会信用代码/纳税人识别号：{buyer.get('taxpayer_id', '')}",
            *told,
            f"价税合计：{yuan(row['total'])}",
        ]


def _is_item(item: object) -> bool:
    """Tell whether a line is in shape."""
    if not isinstance(item, dict) or not _TAX_CODE.fullmatch(str(item.get("tax_code"))):
        return False
    numbers = [item.get(name) for name in ("quantity", "total_amount", "tax_rate")]
    return all(type(one) is int and one > 0 for one in numbers) and isinstance(item.get("discount"), bool)


def _tax(item: dict[str, Any]) -> int:
    """Return the tax that an amount with tax holds, in fen."""
    rate: int = item["tax_rate"]
    amount: int = item["total_amount"]
    return round(amount * rate / (10_000 + rate))


def _invoice_number() -> str:
    """Return 20 digits, as invoices without a code have."""
    return f"26{secrets.randbelow(10**18):018d}"
