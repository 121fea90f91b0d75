"""What the gates refuse."""

from mingpu.lib.errors import MallError


class CaseClosed(MallError):
    """A value is shown for an open case only; this one is finished."""

    zh = "只有未完结的售后单才能查看完整信息。"
    code = "case_closed"


class NotOpen(MallError):
    """This opening does not stand: it waits for a second person, or its time is over."""

    zh = "该次查看尚未获批或已过期。"
    code = "not_open"
    status = 403


class SamePerson(MallError):
    """Whoever asks cannot approve; it takes a second person."""

    zh = "申请人不能自己批准，须由另一人批准。"
    code = "same_person"
    status = 403


class NotCarried(MallError):
    """The law does not carry clause {clause}: {law} Instead: {instead}"""  # noqa: D400 -- ends with the facts' own full stop

    zh = "条款 {clause} 不能用来调取：{law}可以这样做：{instead}"
    code = "exception_not_carried"
    status = 403


class BeyondCode(MallError):
    """Clause {clause} reaches no further than {most}."""

    zh = "条款 {clause} 至多只到：{most}。"
    code = "beyond_code"
    status = 422


class NobodyFound(MallError):
    """No account belongs to: {keys}"""  # noqa: D400 -- ends with what was typed

    zh = "以下号码没有对应的账户：{keys}"
    code = "nobody_found"
    status = 422


class AlreadyDecided(MallError):
    """This request was decided or closed already."""

    zh = "该申请已处理。"
    code = "already_decided"
