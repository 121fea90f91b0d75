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
