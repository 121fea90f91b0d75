"""What can stand between a buyer and an order."""

from mingpu.lib.errors import MallError


class EmptyOrder(MallError):
    """There is nothing to order."""

    zh = "没有可以下单的商品。"
    code = "empty_order"
    status = 422


class NotForSale(MallError):
    """{title} is not for sale."""

    zh = "{title}目前不出售。"
    code = "not_for_sale"


class OutOfStock(MallError):
    """Only {left} left of {title}. Nothing was ordered; your cart is as it was."""

    zh = "{title}只剩 {left} 件。没有下单，购物车保持原样。"
    code = "out_of_stock"


class KeyReused(MallError):
    """This Idempotency-Key was used for a different order."""

    zh = "该 Idempotency-Key 已用于另一笔不同的订单。"
    code = "idempotency_key_reused"
    status = 422


class WrongState(MallError):
    """The order is now “{status}”, so this can no longer be done."""

    zh = "订单当前为“{status}”，不能进行该操作。"
    code = "wrong_state"


class TooManyUnpaid(MallError):
    """You have {count} unpaid orders. Please pay or cancel one first."""

    zh = "您有 {count} 笔订单待付款，请先付款或取消。"
    code = "too_many_unpaid"
    status = 429


class KeyMissing(MallError):
    """Please send an Idempotency-Key: one of your own making for each order, the same when you try again."""

    zh = "请在请求头中带上 Idempotency-Key：每笔订单自拟一个，重试时不变。"
    code = "idempotency_key_missing"
    status = 422
