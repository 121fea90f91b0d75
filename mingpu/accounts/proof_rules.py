"""Showing that it is you once more, before what a thief of a sign-in would do: which acts, which proofs, how long.

Pure: whoever asks says what the person has. Source: OWASP ASVS 5.0, 7.5.1-7.5.3.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from mingpu.accounts.errors import AccountHeld, NumberNew, ProofNeeded
from mingpu.lib.clock import now
from mingpu.lib.text import Text

BEIJING: Final = ZoneInfo("Asia/Shanghai")
RECENT: Final = timedelta(minutes=10)
# What a proof can be, the best first. The first three are a second step: they need a thing or a paper of the person's.
WAYS: Final = ("passkey", "totp_code", "recovery_code", "password", "phone_code")
SECOND: Final = frozenset(WAYS[:3])
# What waits after a recovery, and what is asked of a device once.
HELD: Final = frozenset({"export", "cancellation", "transfer", "contact", "phone", "stored_value"})
PAYING: Final = frozenset({"first_payment", "stored_value"})
ENTRIES: Final = (
    "opening",
    "provider",
)  # signing in as the account is opened; by somebody else's word for it
LABELS: Final = {
    "passkey": Text("通行密钥", "Passkey"),
    "totp_code": Text("动态码", "Authenticator code"),
    "recovery_code": Text("恢复码", "Recovery code"),
    "password": Text("密码", "Password"),
    "phone_code": Text("短信验证码", "SMS code"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """Something a thief would do. title: as one says it of oneself; why: what could go wrong."""

    title: Text
    why: Text


ACTS: Final = {
    "account": Act(
        Text("继续", "go on"),
        Text("您刚才要做的事需要确认是您本人。", "What you were about to do needs proof that it is you."),
    ),
    "export": Act(
        Text("导出我的信息", "take a copy of my data"),
        Text("导出包含您的全部个人信息，不能落到别人手里。", "A copy holds all your personal data; nobody else must get it."),
    ),
    "cancellation": Act(
        Text("注销账户", "cancel the account"),
        Text("注销后不能恢复，只有您本人可以决定。", "Cancelling is final, and yours alone to decide."),
    ),
    "order_address": Act(
        Text("修改已付款订单的地址", "change the address of a paid order"),
        Text("改了地址，已付款的货就会送到别处。", "Paid goods would go somewhere else."),
    ),
    "first_payment": Act(
        Text("在这台新设备上付款", "pay from this new device"),
        Text("您第一次在这台设备上付款，确认一次以后就不再问。", "It is your first payment from this device; you are asked once."),
    ),
    "stored_value": Act(
        Text("在这台新设备上用余额或 E 卡", "use balance or E-cards on this new device"),
        Text("余额和 E 卡就是钱；在这台设备上确认一次以后就不再问。", "Balance and E-cards are money; on this device you are asked once."),
    ),
    "passkeys": Act(
        Text("管理通行密钥", "manage passkeys"),
        Text("多一把通行密钥，就多一个人能登录您的账户。", "Another passkey is another way into your account."),
    ),
    "reveal": Act(
        Text("查看遮盖的内容", "see what is masked"),
        Text("遮盖的内容只给您本人看。", "What is masked is for your eyes alone."),
    ),
    "transfer": Act(
        Text("把信息转移到另一家商城", "hand my data to another mall"),
        Text("您的信息将离开明铺。", "Your data is to leave Mingpu."),
    ),
    "guardian": Act(
        Text("以监护人身份办理", "act as a guardian"),
        Text("您在替一个孩子做决定。", "You decide for a child."),
    ),
    "second_step": Act(
        Text("管理两步验证", "manage the second step"),
        Text("两步验证是别人拿到密码后的最后一道门。", "It is the last door for somebody who has your password."),
    ),
    "password": Act(
        Text("修改密码", "change the password"),
        Text("知道密码的人可以登录您的账户。", "Whoever knows the password can sign in."),
    ),
    "contact": Act(
        Text("修改邮箱", "change the e-mail"),
        Text("邮箱能用来找回您的账户。", "A mailbox can win the account back."),
    ),
    "phone": Act(
        Text("更换手机号", "change the number"),
        Text("手机号能用来登录和找回您的账户。", "A number opens the account and can win it back."),
    ),
    "binding": Act(
        Text("绑定或解绑第三方账号", "link or unlink another account"),
        Text("绑定的账号可以登录明铺。", "A linked account opens this one."),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proven:
    """How a sign-in stands.

    since: when it began. at, by: the last proof in it. second: whether the person has a second step. ways: the proofs
    they could give, the best first. familiar: whether the device is known. held_until: until when, after a recovery, what a
    thief would want waits.
    """

    since: datetime
    at: datetime | None
    by: str
    second: bool
    ways: tuple[str, ...]
    familiar: bool
    held_until: datetime | None = None

    @property
    def recent(self) -> bool:
        """Whether the last proof is young enough, and of a kind that does."""
        return self.at is not None and self.at > now() - RECENT and suffices(self.by, second=self.second)

    @property
    def again(self) -> bool:
        """Whether they showed it within the sign-in, and not only by signing in."""
        return self.recent and self.at is not None and self.at > self.since


def suffices(by: str, *, second: bool) -> bool:
    """Tell whether a proof does: whoever has a second step needs it, and another's word for it never does."""
    return by in SECOND if second else by in WAYS or by == "opening"


def ways(
    *, second: bool, totp: bool, recovery: bool, passkeys: bool, number_new: bool = False
) -> tuple[str, ...]:
    """Return the proofs a person can give. totp, recovery, passkeys: whether they have any.

    number_new: it was put in of late, so that a code to it proves nothing yet.
    """
    has = {
        "passkey": passkeys, "totp_code": second and totp, "recovery_code": second and recovery,
        "phone_code": not second and not number_new,
    }  # fmt: skip
    return tuple(it for it in WAYS if has.get(it, not second))


def check_held(it: Proven, act: str) -> None:
    """Raise AccountHeld for what waits after a recovery, however well one proves to be the person."""
    if act in HELD and it.held_until is not None and it.held_until > now():
        raise AccountHeld(until=beijing(it.held_until))


def check_number(until: datetime | None) -> None:
    """Raise NumberNew while the number is. until: when it is no more, None for long."""
    if until is not None and until > now():
        raise NumberNew(until=beijing(until))


def beijing(moment: datetime) -> str:
    """Return a moment as it is told."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def check(it: Proven, act: str) -> None:
    """Raise ProofNeeded where an act of `ACTS` needs a proof that this sign-in lacks, AccountHeld where it has to wait."""
    if act not in ACTS:
        raise ValueError(act)
    check_held(it, act)
    if act in PAYING and it.familiar:
        return
    if not it.recent:
        raise ProofNeeded(act=act, ways=it.ways)
