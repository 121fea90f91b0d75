"""What can stand between a merchant and a parcel."""

from mingpu.lib.errors import MallError


class NotReady(MallError):
    """This part of the order is “{state}”; nothing of it can be sent now."""

    zh = "该分单当前为“{state}”，不能发货。"
    code = "part_not_ready"


class TooManyPieces(MallError):
    """Only {left} pieces of {sku} are left to send."""

    zh = "{sku} 只剩 {left} 件待发。"
    code = "too_many_pieces"
    status = 422


class NotItsCourier(MallError):
    """This shop does not send by that courier."""

    zh = "该店铺不使用这家配送公司。"
    code = "courier_not_used"
    status = 422


class OneParcelOnly(MallError):
    """What is paid at the door is sent in one parcel: please send all of it."""

    zh = "货到付款的订单须一次全部发出。"
    code = "one_parcel_only"
    status = 422


class NowhereElse(MallError):
    """Where this order goes can no longer be changed: it is “{status}”, or a parcel of it is packed already."""

    zh = "这笔订单的收货信息已不能修改：订单为“{status}”，或已有包裹打包。"
    code = "address_fixed"


class DearerThere(MallError):
    """Delivery there costs ¥{more} more, which cannot be added to an order that is placed. Ask for the money back and order anew."""

    zh = "送到那里运费要多 ¥{more}，已提交的订单无法补收。如仍要寄到那里，请退款或取消后重新下单。"
    code = "dearer_there"
