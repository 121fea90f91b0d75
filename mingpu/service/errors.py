"""What can stand between a buyer and an after-sales case."""

from mingpu.lib.errors import MallError


class NotReturnable(MallError):
    """{title} is handed over at once and cannot be taken back; what could not be delivered is refunded by itself."""

    zh = "{title}为即时交付的虚拟商品，不支持售后；未能交付的会自动退款。"
    code = "not_returnable"


class NotPossible(MallError):
    """This order is “{status}”; that kind of request is not possible for it."""

    zh = "订单当前为“{status}”，不能申请该类售后。"
    code = "after_sales_not_possible"


class NotPaid(MallError):
    """This order has not been paid yet, so there is nothing to pay back. You can refuse it at the door."""

    zh = "订单尚未付款，没有可退的款项；您可以在送达时拒收。"
    code = "after_sales_not_paid"


class NotArrived(MallError):
    """Only {arrived} of these have arrived; for the others a refund can be asked for."""

    zh = "该商品只签收了 {arrived} 件，未签收的请申请仅退款。"
    code = "after_sales_not_arrived"


class TooMuch(MallError):
    """You can ask for at most {left} of this article."""

    zh = "该商品最多还可申请 {left} 件。"
    code = "after_sales_too_many"
    status = 422


class SeveralSellers(MallError):
    """These articles are of several sellers. Please ask for each seller's by itself."""

    zh = "所选商品来自不同商家，请分别申请。"
    code = "after_sales_several_sellers"
    status = 422


class NotAlike(MallError):
    """It can only be exchanged for another variant of the same article at the same price."""

    zh = "只能换同一商品、同一价格的其他规格。"
    code = "exchange_not_alike"
    status = 422


class WrongCaseState(MallError):
    """The case is now “{status}”, so this can no longer be done."""

    zh = "售后单当前为“{status}”，不能进行该操作。"
    code = "wrong_case_state"


class CourierComes(MallError):
    """A courier has been told to pick the goods up, so this can no longer be changed."""

    zh = "已预约快递上门取件，不能再更改。"
    code = "return_is_booked"


class NotEvidence(MallError):
    """This file is neither a photo (JPEG, PNG, WebP) nor a video (MP4) that can be read."""

    zh = "无法识别该文件，请上传照片（JPEG、PNG、WebP）或视频（MP4）。"
    code = "evidence_unreadable"
    status = 422


class EvidenceTooLarge(MallError):
    """A photo may have {photo} MB at most and a video {video} MB."""

    zh = "照片不超过 {photo} MB，视频不超过 {video} MB。"
    code = "evidence_too_large"
    status = 413


class EnoughEvidence(MallError):
    """A case takes {photos} photos and {videos} video at most."""

    zh = "每张售后单最多 {photos} 张照片、{videos} 段视频。"
    code = "evidence_enough"


class StillNeeded(MallError):
    """The case is not over yet and goes by this; it can be deleted afterwards."""

    zh = "售后单还没有结束，需要依据这些内容处理；结束后即可删除。"
    code = "still_needed"
