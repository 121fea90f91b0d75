"""The application: the parties' own addresses, the calls of the contract, and the pages."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mingpu.adapters.counterparts import parcels
from mingpu.adapters.counterparts.alipay import Alipay
from mingpu.adapters.counterparts.alipay_desk import AlipayDesk
from mingpu.adapters.counterparts.config import CounterpartConfig
from mingpu.adapters.counterparts.courier_desk import CourierSide, courier_page
from mingpu.adapters.counterparts.deletion import Deletion
from mingpu.adapters.counterparts.embeddings import Embeddings
from mingpu.adapters.counterparts.fapiao import Fapiao
from mingpu.adapters.counterparts.faults import BadFault, Faults
from mingpu.adapters.counterparts.html import card, empty, page, style
from mingpu.adapters.counterparts.identity import Identity
from mingpu.adapters.counterparts.inbox import Inbox
from mingpu.adapters.counterparts.mail import Mail
from mingpu.adapters.counterparts.mall import Mall
from mingpu.adapters.counterparts.openid import OpenId
from mingpu.adapters.counterparts.pages import Pages
from mingpu.adapters.counterparts.postman import Postman
from mingpu.adapters.counterparts.sf import Sf
from mingpu.adapters.counterparts.sms import Sms
from mingpu.adapters.counterparts.store import Store
from mingpu.adapters.counterparts.topup import TopUp
from mingpu.adapters.counterparts.unionpay import UnionPay
from mingpu.adapters.counterparts.wechat import WeChat
from mingpu.adapters.counterparts.wechatpay import WeChatPay
from mingpu.adapters.counterparts.wechatpay_wire import Refused
from mingpu.adapters.counterparts.world import World, fields_of, wants_page
from mingpu.adapters.counterparts.yto import Yto
from mingpu.lib.text import Text, choose_language, speaking

_PARTIES: Final = frozenset(
    {
        "wechatpay",
        "alipay",
        "fapiao",
        "topup",
        "unionpay",
        "sf",
        "yto",
        "sms",
        "mail",
        "deletion",
        "mall",
        "identity",
        "embeddings",
        "wechat",
        "openid",
    }
)
Handler = Callable[[Request], Awaitable[Response]]


class Counterparts:
    """All parties, running; made when the application starts."""

    def __init__(self, config: CounterpartConfig) -> None:
        self.store = Store(config.directory)
        self.faults = Faults(self.store)
        self.postman = Postman(self.store, self.faults, pace=config.pace)
        world = World(config=config, store=self.store, faults=self.faults, postman=self.postman)
        self.inbox = Inbox(self.store, self.faults, pace=config.pace)
        self.wechatpay = WeChatPay(world)
        self.fapiao = Fapiao(world, self.wechatpay)
        self.topup = TopUp(world)
        self.identity = Identity(world)
        self.embeddings = Embeddings(world)
        self.wechat = WeChat(world)
        self.openid = OpenId(world)
        self.deletion = Deletion(world)
        self.mall = Mall(world)
        self.unionpay = UnionPay(world)
        self.alipay = Alipay(world)
        self.alipay_desk = AlipayDesk(self.alipay)
        self.sf = Sf(world)
        self.yto = Yto(world)
        self.couriers: dict[str, CourierSide] = {"sf": self.sf, "yto": self.yto}
        self.sms = Sms(world, self.inbox)
        self.mail = Mail(world, self.inbox)
        self.pages = Pages(self.store, self.faults, self.inbox)


def create_app(config: CounterpartConfig) -> Starlette:
    """Return the ASGI application; its lifespan opens the state, takes mail and delivers callbacks.

    One process at a time per directory: starting fails with RuntimeError when another has it.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        them = Counterparts(config)
        app.state.counterparts = them
        try:
            async with them.mail.listening():
                delivering = asyncio.create_task(them.postman.run())
                yield
                delivering.cancel()
                with suppress(asyncio.CancelledError):
                    await delivering
        finally:
            them.store.close()

    return Starlette(
        lifespan=lifespan, routes=[*_party_routes(), *_supplier_routes(), *_sign_in_routes(), *_desk_routes()]
    )


def _party_routes() -> list[Route]:
    """Return the addresses that the real parties have."""
    trades, refunds = "/v3/pay/transactions/out-trade-no/{number}", "/v3/refund/domestic/refunds"
    return [
        Route("/v3/pay/transactions/native", _ask(lambda them: them.wechatpay.native), methods=["POST"]),
        Route(trades, _ask(lambda them: them.wechatpay.query), methods=["GET"]),
        Route(f"{trades}/close", _ask(lambda them: them.wechatpay.close), methods=["POST"]),
        Route(refunds, _ask(lambda them: them.wechatpay.refund), methods=["POST"]),
        Route(f"{refunds}/{{number}}", _ask(lambda them: them.wechatpay.query_refund), methods=["GET"]),
        Route("/v3/bill/tradebill", _ask(lambda them: them.wechatpay.tradebill), methods=["GET"]),
        Route("/v3/billdownload/file", _ask(lambda them: them.wechatpay.billdownload), methods=["GET"]),
        Route("/v3/certificates", _ask(lambda them: them.wechatpay.certificates), methods=["GET"]),
        Route(
            "/gateway/api/frontTransReq.do",
            _speaking(_ask(lambda them: them.unionpay.front)),
            methods=["POST"],
        ),
        Route("/gateway/api/backTransReq.do", _ask(lambda them: them.unionpay.back), methods=["POST"]),
        Route("/gateway/api/queryTrans.do", _ask(lambda them: them.unionpay.query), methods=["POST"]),
        Route("/unionpay/files", _ask(lambda them: them.unionpay.files), methods=["POST"]),
        Route("/gateway.do", _speaking(_ask(lambda them: them.alipay.gateway)), methods=["GET", "POST"]),
        Route("/alipay/bill", _ask(lambda them: them.alipay.bill_file), methods=["GET"]),
        Route("/std/service", _ask(lambda them: them.sf.service), methods=["POST"]),
        Route(
            "/open/{method}/v1/{app_key}/{client_code}",
            _ask(lambda them: them.yto.service),
            methods=["POST"],
        ),
        Route("/", _ask(lambda them: them.sms.service), methods=["POST"]),
    ]


def _supplier_routes() -> list[Route]:
    """Return the addresses of invoices, top-up, verification, deletion, other malls and the embedding model."""
    invoices = "/v3/new-tax-control-fapiao"
    one = f"{invoices}/fapiao-applications/{{number}}"
    settings = f"{invoices}/merchant/development-config"
    return [
        Route(settings, _ask(lambda them: them.fapiao.configure), methods=["PATCH"]),
        Route(f"{invoices}/fapiao-applications", _ask(lambda them: them.fapiao.apply), methods=["POST"]),
        Route(one, _ask(lambda them: them.fapiao.query), methods=["GET"]),
        Route(f"{one}/reverse", _ask(lambda them: them.fapiao.reverse), methods=["POST"]),
        Route(f"{one}/fapiao-files", _ask(lambda them: them.fapiao.files), methods=["GET"]),
        Route("/v3/fapiao-download/file", _ask(lambda them: them.fapiao.download), methods=["GET"]),
        Route("/topup/v1/orders", _ask(lambda them: them.topup.order), methods=["POST"]),
        Route("/topup/v1/queries", _ask(lambda them: them.topup.query), methods=["POST"]),
        Route("/identity-check", _ask(lambda them: them.identity.verify), methods=["POST"]),
        Route("/v1/embeddings", _ask(lambda them: them.embeddings.embed), methods=["POST"]),
        Route("/deletion/{recipient}/v1/notices", _ask(lambda them: them.deletion.notice), methods=["POST"]),
        Route("/handover/v1/packages", _ask(lambda them: them.mall.take), methods=["POST"]),
    ]


def _sign_in_routes() -> list[Route]:
    """Return the addresses of the services people sign in through."""
    ask_wechat = _speaking(_ask(lambda them: them.wechat.ask))
    return [
        Route("/connect/qrconnect", ask_wechat, methods=["GET"]),
        Route("/connect/oauth2/authorize", ask_wechat, methods=["GET"]),
        Route("/wechat/allow", _speaking(_ask(lambda them: them.wechat.allow)), methods=["POST"]),
        Route("/sns/oauth2/access_token", _ask(lambda them: them.wechat.token), methods=["GET"]),
        Route("/sns/userinfo", _ask(lambda them: them.wechat.person), methods=["GET"]),
        Route(
            "/openid/.well-known/openid-configuration",
            _ask(lambda them: them.openid.describe),
            methods=["GET"],
        ),
        Route("/openid/jwks", _ask(lambda them: them.openid.jwks), methods=["GET"]),
        Route("/openid/authorize", _speaking(_ask(lambda them: them.openid.ask)), methods=["GET"]),
        Route("/openid/allow", _speaking(_ask(lambda them: them.openid.allow)), methods=["POST"]),
        Route("/openid/token", _ask(lambda them: them.openid.token), methods=["POST"]),
        Route("/openid/userinfo", _ask(lambda them: them.openid.person), methods=["GET"]),
    ]


def _desk_routes() -> list[Route]:
    """Return the calls of the contract, the pages, and what belongs to them."""
    return [
        Route("/", _speaking(_index), methods=["GET"]),
        Route("/inbox", _speaking(_inbox), methods=["GET"]),
        Route("/received", _speaking(_received), methods=["GET"]),
        Route("/faults", _speaking(_faults), methods=["GET", "POST", "DELETE"]),
        Route("/wechatpay", _speaking(_trades), methods=["GET"]),
        Route("/wechatpay/pay", _speaking(_pay), methods=["GET"]),
        Route("/wechatpay/scan", _speaking(_scan), methods=["POST"]),
        Route("/alipay", _speaking(_ask(lambda them: them.alipay_desk.trades)), methods=["GET"]),
        Route("/alipay/pay", _speaking(_ask(lambda them: them.alipay_desk.pay)), methods=["GET"]),
        Route("/alipay/scan", _speaking(_ask(lambda them: them.alipay_desk.scan)), methods=["POST"]),
        Route("/alipay/finish", _speaking(_ask(lambda them: them.alipay_desk.finish)), methods=["POST"]),
        Route("/unionpay", _speaking(_ask(lambda them: them.unionpay.trades)), methods=["GET"]),
        Route("/unionpay/pay", _speaking(_ask(lambda them: them.unionpay.show)), methods=["GET"]),
        Route("/unionpay/scan", _speaking(_ask(lambda them: them.unionpay.scan)), methods=["POST"]),
        Route("/fapiao", _speaking(_invoices), methods=["GET"]),
        Route("/topup", _speaking(_topups), methods=["GET"]),
        Route("/identity", _speaking(_identities), methods=["GET"]),
        Route("/deletion", _speaking(_notices), methods=["GET"]),
        Route("/mall", _speaking(_packages), methods=["GET"]),
        Route("/sf", _speaking(_courier), methods=["GET"]),
        Route("/sf/push", _speaking(_push), methods=["POST"]),
        Route("/yto", _speaking(_courier), methods=["GET"]),
        Route("/yto/push", _speaking(_push), methods=["POST"]),
        Route("/static/counterparts.css", _style, methods=["GET"]),
        Route("/healthz", _health, methods=["GET"]),
    ]


def _them(request: Request) -> Counterparts:
    them: Counterparts = request.app.state.counterparts
    return them


def _ask(choose: Callable[[Counterparts], Handler]) -> Handler:
    """Hand a request to a party of the running counterparts."""

    async def handle(request: Request) -> Response:
        return await choose(_them(request))(request)

    return handle


def _speaking(handler: Handler) -> Handler:
    """Answer in the reader's language, and turn what cannot be read into 422."""

    async def handle(request: Request) -> Response:
        with speaking(choose_language(request.headers.get("accept-language", ""))):
            try:
                return await handler(request)
            except (BadFault, ValueError, TypeError, KeyError) as wrong:
                return _problem(request, 422, "invalid", str(wrong))

    return handle


def _problem(request: Request, status: int, code: str, detail: str) -> Response:
    title = Text("未能完成", "That did not work")
    if wants_page(request):
        return page(title, card(empty(Text(detail, detail))), status=status)
    body = {"type": "about:blank", "title": str(title), "status": status, "detail": detail, "code": code}
    return JSONResponse(body, status, media_type="application/problem+json")


async def _index(request: Request) -> Response:
    return _them(request).pages.index()


async def _inbox(request: Request) -> Response:
    """GET /inbox?to= -> [{at, channel, to, subject, text}], oldest first; a page for browsers."""
    if wants_page(request):
        return _them(request).pages.inbox(request)
    return JSONResponse(_them(request).inbox.read(request.query_params.get("to")))


async def _received(request: Request) -> Response:
    """GET /received?party=&after= -> [{id, at, method, path, headers, body}], oldest first."""
    party = request.query_params.get("party", "")
    if party not in _PARTIES:
        return _problem(request, 422, "invalid", f"party: {', '.join(sorted(_PARTIES))}")
    after = int(request.query_params.get("after", "0"))
    sql = "SELECT id, at, method, path, headers, body FROM received WHERE party = ? AND id > ? ORDER BY id"
    rows = _them(request).store.all(sql, party, after)
    return JSONResponse([dict(row) | {"headers": json.loads(row["headers"])} for row in rows])


async def _faults(request: Request) -> Response:
    """GET -> what is still to come; POST {party, kind, times?, on?, seconds?}; DELETE: behave."""
    them = _them(request)
    if request.method == "DELETE":
        them.faults.clear()
    if request.method == "POST":
        asked = await fields_of(request)
        party, kind = str(asked.get("party")), str(asked.get("kind"))
        seconds = asked.get("seconds")
        them.faults.add(
            party=party,
            kind=kind,
            times=int(asked.get("times") or 1),
            on=asked.get("on") or None,
            seconds=None if seconds in {None, ""} else float(str(seconds)),
        )
        if (party, kind) == ("wechatpay", "rotate_key"):  # acts now; there is no later moment to wait for
            while them.faults.take(party, "key"):
                them.wechatpay.platform.rotate()
        if (party, kind) == ("openid", "rotate_key"):
            while them.faults.take(party, "key"):
                them.openid.rotate()
        if wants_page(request):
            return RedirectResponse("/", 303)
    return JSONResponse(them.faults.waiting(), 201 if request.method == "POST" else 200)


async def _trades(request: Request) -> Response:
    return _them(request).pages.trades()


async def _invoices(request: Request) -> Response:
    return _them(request).fapiao.page()


async def _identities(request: Request) -> Response:
    return _them(request).identity.page()


async def _topups(request: Request) -> Response:
    return _them(request).topup.page()


async def _notices(request: Request) -> Response:
    return _them(request).deletion.page()


async def _packages(request: Request) -> Response:
    return _them(request).mall.page()


async def _pay(request: Request) -> Response:
    return _them(request).pages.pay(request)


async def _scan(request: Request) -> Response:
    """POST {code_url, late?} -> {out_trade_no, transaction_id, amount_fen, trade_state}."""
    asked = await fields_of(request)
    code_url = str(asked.get("code_url", ""))
    try:
        paid = _them(request).wechatpay.scan(code_url, late=_true(asked.get("late")))
    except Refused as refused:
        return _problem(request, refused.status, refused.code.lower(), refused.message)
    if wants_page(request):
        return RedirectResponse(f"/wechatpay/pay?{urlencode({'code_url': code_url})}", 303)
    return JSONResponse(paid)


async def _courier(request: Request) -> Response:
    return courier_page(_them(request).couriers[request.url.path.strip("/")])


async def _push(request: Request) -> Response:
    """POST /sf/push, /yto/push: what `parcels.Report.read` takes -> 202, the step as pushed."""
    name = request.url.path.split("/")[1]
    asked = await fields_of(request)
    try:
        pushed = _them(request).couriers[name].push(parcels.Report.read(asked))
    except parcels.Refused as refused:
        return _problem(request, 404 if refused.code == "unknown" else 422, refused.code, refused.message)
    if wants_page(request):
        return RedirectResponse(f"/{name}", 303)
    return JSONResponse(pushed, 202)


async def _style(_: Request) -> Response:
    return style()


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _true(value: Any) -> bool:
    """Read a yes from JSON or a form."""
    return value is True or value in {"true", "1", "on"}
