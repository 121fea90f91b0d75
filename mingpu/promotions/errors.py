"""What can stand between somebody and a promotion."""

from mingpu.lib.errors import MallError


class CouponOver(MallError):
    """This coupon cannot be claimed now: its time is over or has not begun."""

    zh = "该优惠券现在不能领取：活动未开始或已结束。"
    code = "coupon_over"


class CouponGone(MallError):
    """All of these coupons have been claimed."""

    zh = "该优惠券已被领完。"
    code = "coupon_gone"


class CouponLimit(MallError):
    """You have claimed this coupon as often as one person may ({limit})."""

    zh = "每人限领 {limit} 张，您已领取。"
    code = "coupon_limit"


class CouponUnusable(MallError):
    """A coupon you chose can no longer be used for this order. Nothing was ordered; please look again."""

    zh = "您选择的优惠券已不能用于这笔订单。没有下单，请重新确认。"
    code = "coupon_unusable"


class TooManyCoupons(MallError):
    """One coupon of each shop and one of the mall at most for an order."""

    zh = "每笔订单每家店铺限用一张优惠券，另可使用一张平台券。"
    code = "too_many_coupons"
    status = 422


class FlashGone(MallError):
    """The flash price of {title} is no longer available. Nothing was ordered; please look again."""

    zh = "{title}的抢购名额已变动。没有下单，请重新确认价格。"
    code = "flash_gone"


class OfferExists(MallError):
    """There is an offer {id} already."""

    zh = "优惠活动 {id} 已存在。"
    code = "offer_exists"


class FlashOverlaps(MallError):
    """{sku} is in another flash sale at that time."""

    zh = "{sku} 在该时段已有抢购活动。"
    code = "flash_overlaps"
