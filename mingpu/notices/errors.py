"""What notices refuse."""

from mingpu.lib.errors import MallError


class BadChoice(MallError):
    """This cannot be set: {field}. What concerns the safety of the account cannot be switched off."""

    zh = "不能这样设置：{field}。账户安全通知不能关闭。"
    code = "bad_choice"
    status = 422
