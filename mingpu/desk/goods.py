"""A merchant's own articles: how many pieces there are, on sale or off, shown from when and until when."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingpu.desk.forms import DescriptionForm, PublishForm, StockForm
from mingpu.desk.guards import merchant_staff
from mingpu.desk.pages import back, page_number, show
from mingpu.desk.queries import OnDuty
from mingpu.desk.queries.goods import ALL, OFF, ON, own_description, own_products
from mingpu.desk.services import set_description, set_for_sale, set_published, set_stock
from mingpu.lib.errors import Invalid, NotFound
from mingpu.lib.text import Text

TABS = {ALL: Text("全部", "All"), ON: Text("在售", "On sale"), OFF: Text("未上架", "Not on sale")}
LONGEST_WORDS = 60


@require_GET
@merchant_staff
def goods(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the shop's articles, by words of their titles or a SKU."""
    words = request.GET.get("q", "").strip()[:LONGEST_WORDS]
    asked = request.GET.get("sale", "")
    sale = asked if asked in TABS else ALL
    listing = own_products(merchant=staff.merchant, words=words, sale=sale, page=page_number(request))
    tabs = [{"label": label, "value": it, "active": it == sale} for it, label in TABS.items()]
    return show(
        request, staff, "desk/goods.html", {"listing": listing, "tabs": tabs, "words": words, "sale": sale}
    )


@require_POST
@merchant_staff
def stock(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """POST a SKU, its pieces, the number they were counted against, a warehouse or "" -> 303 to the articles."""
    form = StockForm(request.POST)
    if not form.is_valid():
        raise Invalid(
            field=Text("库存", "stock"), problem=Text("请填写 0 或正整数", "a whole number, 0 or more")
        )
    said = form.cleaned_data
    set_stock(
        merchant=staff.merchant,
        sku=said["sku"],
        pieces=said["pieces"],
        seen=said["seen"],
        warehouse=said["warehouse"],
    )
    return _back(request, "stock")


@require_POST
@merchant_staff
def sale(request: HttpRequest, staff: OnDuty, product_id: UUID) -> HttpResponse:
    """POST for_sale=yes|no -> 303 to the articles."""
    set_for_sale(
        merchant=staff.merchant, product_id=product_id, for_sale=request.POST.get("for_sale") == "yes"
    )
    return _back(request, "sale")


@require_POST
@merchant_staff
def published(request: HttpRequest, staff: OnDuty, product_id: UUID) -> HttpResponse:
    """POST begin and end, Beijing time or empty -> 303 to the articles."""
    form = PublishForm(request.POST)
    if not form.is_valid():
        raise Invalid(
            field=Text("上架或下架时间", "begin or end"), problem=Text("请填写日期和时间", "a date and time")
        )
    said = form.cleaned_data
    set_published(merchant=staff.merchant, product_id=product_id, begin=said["begin"], end=said["end"])
    return _back(request, "sale")


@require_http_methods(["GET", "POST"])
@merchant_staff
def description(request: HttpRequest, staff: OnDuty, product_id: UUID) -> HttpResponse:
    """GET what an article's page says of it, to change; POST it -> 303 to the same."""
    it = own_description(merchant=staff.merchant, product_id=product_id)
    if it is None:
        raise NotFound
    form, status = DescriptionForm(initial={"written": it.written}), 200
    if request.method == "POST":
        form, status = DescriptionForm(request.POST), 422
        if form.is_valid():
            set_description(
                merchant=staff.merchant, product_id=product_id, written=form.cleaned_data["written"]
            )
            return back("desk_description", str(product_id), done="sale")
    return show(request, staff, "desk/description.html", {"it": it, "form": form}, status=status)


def _back(request: HttpRequest, done: str) -> HttpResponse:
    """Go back to the list as it was searched."""
    kept = {name: request.POST.get(name, "")[:LONGEST_WORDS] for name in ("q", "sale", "page")}
    return back("desk_goods", done=done, **kept)
