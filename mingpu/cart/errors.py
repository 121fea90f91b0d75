"""What can be wrong with a cart."""

from mingpu.lib.errors import MallError


class CartFull(MallError):
    """A cart holds at most {most} different articles."""

    zh = "购物车最多放 {most} 种商品。"
    code = "cart_full"


class NotBuyable(MallError):
    """This article cannot be bought."""

    zh = "该商品目前不能购买。"
    code = "not_buyable"


class NotShown(NotBuyable):
    """This article cannot be bought: {why}."""

    zh = "该商品目前不能购买：{why}。"


class FavouritesFull(MallError):
    """You can have at most {most} favourites."""

    zh = "最多收藏 {most} 件商品。"
    code = "favourites_full"
