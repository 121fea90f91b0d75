"""What the wallet refuses."""

from mingpu.lib.errors import MallError


class WrongCardCode(MallError):
    """This card code is not right, or was used before. Please look at it again."""

    zh = "卡密不正确或已被使用，请再核对一次。"
    code = "wrong_card_code"
    status = 422


class TooManyCodes(MallError):
    """Too many wrong codes. Please wait {retry_after} seconds."""

    zh = "卡密输错次数过多，请在 {retry_after} 秒后再试。"
    code = "too_many_codes"
    status = 429

    def __init__(self, *, retry_after: int) -> None:
        """retry_after: seconds until it makes sense to try again, at least 1."""
        super().__init__(retry_after=retry_after)


class DifferentEvent(Exception):
    """An event is in the books under this kind and reference with other moves; nothing was written."""


class NoPurse(Exception):
    """A move of stored value names nobody's balance and no card; nothing was written."""
