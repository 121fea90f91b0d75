"""States of paying and paying back."""

from types import MappingProxyType

from mingpu.lib.text import Text

METHODS = MappingProxyType({"wechatpay": Text("微信支付", "WeChat Pay")})

# An attempt to pay. `unknown` is resolved by asking the institution, never by guessing.
CREATED, ACTION, SUCCEEDED, FAILED, ENDED, UNKNOWN = (
    "created", "action_required", "succeeded", "failed", "closed", "unknown",
)  # fmt: skip
OPEN = (CREATED, ACTION, UNKNOWN)
ATTEMPT_LABELS = MappingProxyType(
    {
        CREATED: Text("准备中", "Preparing"),
        ACTION: Text("待支付", "Waiting for you to pay"),
        SUCCEEDED: Text("已支付", "Paid"),
        FAILED: Text("未成功", "Did not work"),
        ENDED: Text("已关闭", "Closed"),
        UNKNOWN: Text("核对中", "Being checked"),
    }
)

# A refund. `abnormal` waits for a person.
REQUESTED, SUBMITTED, REFUNDED, ABNORMAL = "requested", "submitted", "succeeded", "abnormal"
REFUND_LABELS = MappingProxyType(
    {
        REQUESTED: Text("退款处理中", "Refund under way"),
        SUBMITTED: Text("退款已提交支付机构", "Refund with the institution"),
        REFUNDED: Text("已退款", "Refunded"),
        ABNORMAL: Text("退款异常，客服处理中", "Refund stuck; staff are on it"),
        FAILED: Text("退款未成功，客服处理中", "Refund failed; staff are on it"),
    }
)
# Seconds after an attempt was started at which the institution is asked, should its callback not come.
POLL_AFTER = (10, 30, 60, 180, 600, 1200, 1900)
