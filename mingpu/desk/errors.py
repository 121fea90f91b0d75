"""What the desk refuses."""

from mingpu.lib.errors import MallError


class WrongStaffSignIn(MallError):
    """Name and password do not go together."""

    zh = "工号或密码不正确。"
    code = "wrong_login"
    status = 401


class TooManyTries(MallError):
    """Too many tries. Please wait {minutes} minutes."""

    zh = "尝试次数过多，请在 {minutes} 分钟后再试。"
    code = "too_many"
    status = 429


class StockMoved(MallError):
    """Pieces were sold meanwhile: there are {left} now. Please count again."""

    zh = "期间已售出若干件，现有 {left} 件，请重新填写。"
    code = "stock_moved"


class EndsFirst(MallError):
    """It would end before it begins. Please check the two times."""

    zh = "下架时间应晚于上架时间，请检查。"
    code = "ends_first"
    status = 422


class NotOnSale(MallError):
    """This article cannot be taken off or put back as it is now."""

    zh = "该商品目前不能下架或重新上架。"
    code = "not_possible_now"
