"""What accounts refuse."""

from collections.abc import Iterable

from mingpu.lib.errors import Invalid, MallError
from mingpu.lib.text import Text


class BadField(Invalid):
    """Please check {field}: {problem}."""

    zh = "请检查{field}：{problem}。"

    def __init__(self, name: str, *, field: Text, problem: Text) -> None:
        """name: the field's name in forms and JSON; field and problem: for the reader."""
        super().__init__(field=field, problem=problem)
        self.name = name
        self.problem = problem


class TooMany(MallError):
    """Too many tries. Please wait {retry_after} seconds."""

    zh = "操作太频繁，请在 {retry_after} 秒后再试。"
    code = "too_many"
    status = 429

    def __init__(self, *, retry_after: int) -> None:
        """retry_after: seconds until it makes sense to try again, at least 1."""
        super().__init__(retry_after=retry_after)


class WrongCode(MallError):
    """The code is wrong, used or out of date. Please ask for a new one."""

    zh = "验证码不正确、已用过或已过期，请重新获取。"
    code = "wrong_code"
    status = 422


class WrongSignIn(MallError):
    """Name and password do not go together."""

    zh = "账户名或密码不正确。"
    code = "wrong_login"
    status = 401


class WrongPasskey(MallError):
    """The passkey was not accepted. Please try again, or log in another way."""

    zh = "通行密钥未通过验证，请重试或换一种方式登录。"
    code = "wrong_passkey"
    status = 401


class ProofNeeded(MallError):
    """Please confirm first that it is you."""

    zh = "请先确认是您本人。"
    code = "proof_needed"
    status = 403

    def __init__(self, *, act: str, ways: Iterable[str]) -> None:
        """act: of `proof_rules.ACTS`; ways: the proofs that would do, of `proof_rules.WAYS`, the best first."""
        super().__init__()
        self.act = act
        self.more = {"act": act, "proofs": list(ways)}


class SignInAgain(MallError):
    """This sign-in took too long or was tried too often. Please begin again."""

    zh = "这次登录已超时或尝试过多，请重新登录。"
    code = "sign_in_again"
    status = 401


class MoreProof(MallError):
    """This number was not used here for long and may have changed hands. Please add a code to your e-mail, a recovery code, or log in by passkey."""

    zh = "这个手机号很久没有登录过，可能已换了主人。请同时用邮箱验证码或恢复码，或用通行密钥登录。"
    code = "more_proof"
    status = 403


class AccountHeld(MallError):
    """The password was recovered just now. To protect you, this can be done from {until}."""

    zh = "刚刚找回过密码。为保护您的账户，{until} 之后才能办理。"
    code = "account_held"
    status = 403


class NumberNew(MallError):
    """The number was changed just now. To protect you, it wins no password back before {until}, and the e-mail stays as it is."""

    zh = "手机号刚刚更换。为保护您的账户，{until} 之前不能用它找回密码，也不能修改邮箱。"
    code = "number_new"
    status = 403


class NothingBegun(MallError):
    """There is nothing to go on with here. Please begin again."""

    zh = "没有可以继续的步骤，请重新开始。"
    code = "nothing_begun"


class LastSecondStep(MallError):
    """Your second step rests on this passkey alone. Please add another way or turn it off first."""

    zh = "两步验证只靠这一把通行密钥，请先添加别的方式，或先关闭两步验证。"
    code = "last_second_step"


class TooManyPasskeys(MallError):
    """There are {most} passkeys already. Please remove one first."""

    zh = "最多保存 {most} 个通行密钥，请先删除一个。"
    code = "too_many_passkeys"


class CodeNotSent(MallError):
    """The message could not be sent just now. Please try again in a minute."""

    zh = "暂时无法发送，请一分钟后再试。"
    code = "code_not_sent"
    status = 503


class UsernameTaken(MallError):
    """Somebody has this name already. Please choose another."""

    zh = "这个账户名已被使用，请换一个。"
    code = "username_taken"


class NumberTaken(MallError):
    """This number has an account already. Please log in."""

    zh = "这个手机号已有账户，请直接登录。"
    code = "number_taken"


class EmailTaken(MallError):
    """This e-mail belongs to an account already."""

    zh = "这个邮箱已属于另一个账户。"
    code = "email_taken"


class StatementChanged(MallError):
    """The privacy statement is now version {version}. Please read it and agree to that one."""

    zh = "隐私声明已更新为 {version} 版，请阅读后再同意。"
    code = "statement_changed"


class RealNameOff(MallError):
    """You have not agreed to real-name verification, so nothing was sent or kept."""

    zh = "您没有同意实名验证，所以什么也没有发送或保存。"
    code = "real_name_off"
    status = 403


class RealNameKnown(MallError):
    """Your name is verified already. Delete it first to have another checked."""

    zh = "您已通过实名验证。要换一个，请先删除。"
    code = "real_name_known"


class RealNameMismatch(MallError):
    """Name and ID number do not belong together. Nothing of them was kept."""

    zh = "姓名与身份证号不一致，没有保存任何一项。"
    code = "real_name_mismatch"
    status = 422


class RealNameUnanswered(MallError):
    """The verification service did not answer. Nothing was kept; please try again later."""

    zh = "核验服务暂时没有答复，没有保存任何一项，请稍后再试。"
    code = "real_name_unanswered"
    status = 503


class RealNameTries(MallError):
    """No more checks today. Please come back tomorrow."""

    zh = "今天的核验次数已用完，请明天再来。"
    code = "real_name_tries"
    status = 429


class RoundOver(MallError):
    """This sign-in was used, has run out, or was begun in another browser. Please begin again."""

    zh = "这次登录已用过、已过期，或不是在这个浏览器里开始的，请重新开始。"
    code = "round_over"


class ProviderDeclined(MallError):
    """You said no at {service}; nothing was fetched from there."""

    zh = "您在{service}选择了不同意，我们没有取得任何信息。"
    code = "provider_declined"
    status = 403


class ProviderRefused(MallError):
    """What {service} answered does not hold, so nothing of it was used or kept. Please begin again."""

    zh = "{service}的答复不成立，没有使用或保存其中任何内容，请重新开始。"
    code = "provider_refused"
    status = 403


class ProviderUnanswered(MallError):
    """{service} does not answer just now. Please log in another way, or try again later."""

    zh = "{service}暂时没有答复，请换一种方式登录，或稍后再试。"
    code = "provider_unanswered"
    status = 503


class LinkRests(MallError):
    """This way in rests at the moment. Please log in by password or code."""

    zh = "这种登录方式目前停用，请用密码或验证码登录。"
    code = "link_rests"
    status = 403


class AlreadyLinked(MallError):
    """A {service} account is linked already. Unlink it first."""

    zh = "您已绑定一个{service}账号，请先解绑。"
    code = "already_linked"


class LinkedElsewhere(MallError):
    """This {service} account belongs to another Mingpu account."""

    zh = "这个{service}账号已绑定另一个明铺账户。"
    code = "linked_elsewhere"


class OtherAccountCame(MallError):
    """That is not the {service} account which is linked here. Nothing was changed."""

    zh = "回来的不是在这里绑定的那个{service}账号，什么也没有改动。"
    code = "other_account_came"


class TooManyAddresses(MallError):
    """The address book holds {most} entries at most."""

    zh = "地址簿最多保存 {most} 个地址。"
    code = "too_many_addresses"


class AvatarTooLarge(MallError):
    """A picture may have {mb} MB and {points} million points at most."""

    zh = "图片最大 {mb} MB、{points} 百万像素。"
    code = "avatar_too_large"
    status = 413


class NoAvatar(MallError):
    """This is no picture that can be shown: JPEG, PNG, WebP or AVIF, 16 points a side at least; drawings (SVG) are not taken."""

    zh = "这不是可以用作头像的图片：只收 JPEG、PNG、WebP 和 AVIF，边长不少于 16 像素；不收 SVG。"
    code = "no_avatar"
    status = 422
