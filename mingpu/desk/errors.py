"""What the desk refuses."""

from mingpu.lib.errors import MallError


class WrongStaffSignIn(MallError):
    """Name and password do not go together."""

    zh = "工号或密码不正确。"
    code = "wrong_login"
    status = 401


class TooManyTries(MallError):
    """Too many tries. Please wait {minutes} minutes."""

    zh = "尝试次数过多,请在 {minutes} 分钟后再试。"
    code = "too_many"
    status = 429
