"""What is refused about invoices."""

from mingpu.lib.errors import MallError


class InvoicingOff(MallError):
    """Invoices need your consent to pass title and tax number on. Please agree first, then ask again."""

    zh = "开具发票需要把抬头和税号交给开票服务商，请先同意，再申请。"
    code = "consent_needed"
    status = 403


class NothingToInvoice(MallError):
    """There is nothing to invoice on this order: only what was paid in money and not paid back can be."""

    zh = "该订单没有可开票金额：只有以现金或支付机构支付且未退回的部分可以开票。"
    code = "nothing_to_invoice"


class TooManyTitles(MallError):
    """You have {count} titles. Please delete one first."""

    zh = "您已有 {count} 个抬头，请先删除一个。"
    code = "too_many_titles"


class NotIssued(MallError):
    """This invoice is “{status}”; there is no document yet."""

    zh = "该发票当前为“{status}”，还没有文件。"
    code = "not_issued"


class InvoiceUnavailable(MallError):
    """The invoice service does not answer just now. Please try again in a moment."""

    zh = "开票服务暂时没有响应，请稍后再试。"
    code = "invoice_unavailable"
    status = 503


class NotStuck(MallError):
    """This invoice is not stuck: it is “{status}”."""

    zh = "该发票没有卡住，当前为“{status}”。"
    code = "not_stuck"
