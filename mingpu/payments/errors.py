"""What can go wrong with paying, as the buyer or staff read it."""

from mingpu.lib.errors import MallError


class PaymentUnavailable(MallError):
    """The payment service does not answer just now. Your order is kept; please try again in a moment."""

    zh = "支付服务暂时没有响应。订单已保留，请稍后再试。"
    code = "payment_unavailable"
    status = 503


class NothingToPay(MallError):
    """This order is not waiting for payment."""

    zh = "该订单目前不需要付款。"
    code = "nothing_to_pay"


class NothingLeft(MallError):
    """No more than {left} yuan of this order can be paid back."""

    zh = "该订单最多还能退 {left} 元。"
    code = "nothing_left"


class StillUnderWay(MallError):
    """This refund is not stuck: it is “{status}”."""

    zh = "该退款没有卡住，当前为“{status}”。"
    code = "refund_under_way"


class NotByStoredValue(MallError):
    """Balance and E-cards cannot be bought with balance or E-cards."""

    zh = "余额和 E 卡不能用余额或 E 卡购买。"
    code = "not_by_stored_value"
