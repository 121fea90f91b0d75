"""What can stand between a buyer and an after-sales case."""

from mingpu.lib.errors import MallError


class NotOffered(MallError):
    """Exchanges are not offered yet. Please choose return and refund, then order again."""

    zh = "暂未提供换货，请选择退货退款后重新下单。"
    code = "exchange_not_offered"
    status = 422


class NotPossible(MallError):
    """This order is “{status}”; that kind of request is not possible for it."""

    zh = "订单当前为“{status}”，不能申请该类售后。"
    code = "after_sales_not_possible"


class TooMuch(MallError):
    """You can ask for at most {left} of this article."""

    zh = "该商品最多还可申请 {left} 件。"
    code = "after_sales_too_many"
    status = 422


class WrongCaseState(MallError):
    """The case is now “{status}”, so this can no longer be done."""

    zh = "售后单当前为“{status}”，不能进行该操作。"
    code = "wrong_case_state"
