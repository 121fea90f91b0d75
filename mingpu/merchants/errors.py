"""What the merchants' room refuses."""

from mingpu.lib.errors import MallError, NotFound


class NotDelivered(MallError):
    """These goods are not delivered to {region}. Please choose another address or take them out."""

    zh = "这些商品不配送至{region}，请更换收货地址或移除它们。"
    code = "not_delivered_there"


class UnknownMerchant(NotFound):
    """There is no merchant {merchant}."""

    zh = "没有商家 {merchant}。"


class MerchantExists(MallError):
    """There is a merchant {merchant} already."""

    zh = "商家 {merchant} 已经存在。"
    code = "merchant_exists"


class OwnShopStays(MallError):
    """The mall's own shop cannot be closed."""

    zh = "自营店不能关闭。"
    code = "own_shop_stays"
