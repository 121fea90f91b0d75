"""A merchant's own warehouses: what there are, opening one, sending from one or not."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from mingpu.catalog.queries import warehouses_of
from mingpu.catalog.warehouses import WarehouseInfo
from mingpu.desk.forms import WarehouseForm
from mingpu.desk.guards import merchant_staff
from mingpu.desk.pages import back, show
from mingpu.desk.queries import OnDuty
from mingpu.desk.services import add_warehouse, use_warehouse
from mingpu.lib.text import Text


@require_GET
@merchant_staff
def warehouses(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """GET the shop's warehouses and the form for one more."""
    return _page(request, staff, WarehouseForm())


@require_POST
@merchant_staff
def warehouse_open(request: HttpRequest, staff: OnDuty) -> HttpResponse:
    """POST code, name, name_en, province -> 303 to the warehouses; 422 with the form."""
    form = WarehouseForm(request.POST)
    if not form.is_valid():
        return _page(request, staff, form, status=422)
    said = form.cleaned_data
    info = WarehouseInfo(
        code=said["code"], merchant=staff.merchant, name=Text(said["name"], said["name_en"]),
        province=said["province"], position=len(warehouses_of(staff.merchant)),
    )  # fmt: skip
    add_warehouse(warehouse=info)
    return back("desk_warehouses", done="warehouse")


@require_POST
@merchant_staff
def warehouse_use(request: HttpRequest, staff: OnDuty, code: str) -> HttpResponse:
    """POST active=yes|no -> 303 to the warehouses."""
    use_warehouse(merchant=staff.merchant, code=code, active=request.POST.get("active") == "yes")
    return back("desk_warehouses", done="warehouse")


def _page(request: HttpRequest, staff: OnDuty, form: WarehouseForm, *, status: int = 200) -> HttpResponse:
    facts = {"warehouses": warehouses_of(staff.merchant), "form": form}
    return show(request, staff, "desk/warehouses.html", facts, status=status)
