"""What can stand between a cart and an order, besides the goods."""

from mingpu.lib.errors import MallError


class CodNotOffered(MallError):
    """Cash on delivery is offered only for goods of one shop that takes it."""

    zh = "货到付款只适用于同一家支持它的商家的商品。"
    code = "cod_not_offered"
    status = 422
