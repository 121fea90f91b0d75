"""What can go wrong with paying, as the buyer reads it."""

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
