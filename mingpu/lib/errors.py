"""What the mall answers when it understands a request and refuses it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from mingpu.lib.text import current_language


class MallError(Exception):
    """The request was refused.

    A subclass's docstring is the English sentence the customer reads and `zh` the Chinese one; both may
    hold `{facts}`. `code` is stable, for programs. Facts are never another person's data.
    """

    zh: ClassVar[str] = "请求未被接受。"
    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409  # HTTP; the web and the API map it in one place each
    more: Mapping[str, object] = {}  # what a program is told beside code and detail

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.code)

    @property
    def message(self) -> str:
        """The sentence in the reader's language."""
        words = self.zh if current_language() == "zh-hans" else (type(self).__doc__ or "").strip()
        return words.format(**self.facts)


class NotFound(MallError):
    """There is nothing here under that name."""

    zh = "没有找到您要的内容。"
    code = "not_found"
    status = 404


class Invalid(MallError):
    """Please check {field}: {problem}."""

    zh = "请检查{field}:{problem}。"
    code = "invalid"
    status = 422
