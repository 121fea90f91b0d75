"""The words of our mails about codes and to warn. Short messages have theirs at the provider, who approves them."""

from typing import Final

from mingpu.lib.text import Text

SUBJECTS: Final = {
    "verify_register": Text("明铺：验证您的邮箱", "Mingpu: confirm your e-mail"),
    "verify_login": Text("明铺：登录验证码", "Mingpu: your code to log in"),
    "verify_reset": Text("明铺：重置密码验证码", "Mingpu: your code to set a new password"),
    "verify_cancel": Text("明铺：注销账户验证码", "Mingpu: your code to cancel the account"),
    "verify_confirm": Text("明铺：确认本人操作", "Mingpu: your code to confirm that it is you"),
    "notice_export": Text("明铺：您申请了导出个人信息", "Mingpu: a copy of your data was asked for"),
    "notice_transfer": Text("明铺：您的信息将转移到另一家商城", "Mingpu: your data is to go to another mall"),
    "notice_kin": Text("明铺：有人就您的账户提出请求", "Mingpu: a request about your account"),
    "notice_recovery": Text("明铺：有人申请找回您的密码", "Mingpu: somebody asked for a new password"),
    "notice_security": Text("明铺：登录安全设置有改动", "Mingpu: how you sign in was changed"),
    "notice_linked": Text("明铺：您的账户绑定了第三方账号", "Mingpu: another account was linked to yours"),
    "notice_unlinked": Text("明铺：您的账户解绑了第三方账号", "Mingpu: a linked account was taken off yours"),
    "no_account": Text("明铺：这个邮箱没有账户", "Mingpu: no account with this e-mail"),
    "already_account": Text("明铺：这个邮箱已有账户", "Mingpu: this e-mail has an account"),
}
_CODE = Text(
    "您的验证码是 {code}，10 分钟内有效，请勿告诉他人。\n\n如非本人操作，请忽略这封邮件。\n",
    "Your code is {code}. It is valid for 10 minutes; tell no one.\n\nIf it was not you, ignore this mail.\n",
)
_NO_ACCOUNT = Text(
    "有人用这个邮箱申请验证码，但它没有绑定明铺账户。\n\n如非本人操作，请忽略这封邮件。\n",
    "Somebody asked for a code with this e-mail, but no Mingpu account has it.\n\nIf it was not you, ignore this mail.\n",
)
_ALREADY = Text(
    "有人想把这个邮箱绑定到明铺账户，但它已经属于一个账户，请直接登录。\n\n如非本人操作，请忽略这封邮件。\n",
    "Somebody tried to add this e-mail to a Mingpu account, but an account has it already: just log in.\n\n"
    "If it was not you, ignore this mail.\n",
)
_NOTICES: Final = {
    "notice_export": Text(
        "您的账户刚刚申请导出个人信息。\n\n如非本人操作，请立即修改密码，并在隐私中心删除该导出。\n",
        "A copy of your data was just asked for.\n\nIf it was not you, change your password and delete the copy in the "
        "privacy centre.\n",
    ),
    "notice_transfer": Text(
        "您的账户申请将个人信息转移到另一家商城，等候期过后发出。\n\n如非本人操作，请立即在隐私中心叫停。\n",
        "Your data is to be handed to another mall once the wait is over.\n\nIf it was not you, stop it in the privacy "
        "centre.\n",
    ),
    "notice_recovery": Text(
        "有人用您的手机号或邮箱申请换一个新密码，72 小时后生效。\n\n如非本人操作，请打开 {link} 一键叫停；已登录的设备上也可以叫停。\n",
        "Somebody with your number or mailbox asked for a new password. It holds in 72 hours.\n\nIf it was not you, stop it with "
        "one tap at {link}, or wherever you are logged in.\n",
    ),
    "notice_security": Text(
        "您账户的登录安全设置刚刚改动，或使用了一个恢复码。\n\n如非本人操作，请立即登录，退出其他设备并修改密码。\n",
        "How you sign in was just changed, or a recovery code was used.\n\nIf it was not you, log in at once, end the other "
        "sign-ins and change your password.\n",
    ),
    "notice_linked": Text(
        "您的账户刚刚绑定了一个第三方账号，以后可以用它登录。\n\n如非本人操作，请立即修改密码，并在“第三方账号”里解绑。\n",
        "An account of another service was just linked to yours: it can be used to log in.\n\nIf it was not you, change "
        "your password and unlink it under “Linked accounts”.\n",
    ),
    "notice_unlinked": Text(
        "您的账户刚刚解绑了一个第三方账号，它的昵称和头像地址已删除。\n\n如非本人操作，请立即修改密码。\n",
        "An account of another service was just unlinked from yours; its nickname and the address of its picture are "
        "deleted.\n\nIf it was not you, change your password.\n",
    ),
    "notice_kin": Text(
        "有人以近亲属身份就您的账户提出请求，两名员工已经同意，7 天后办理。\n\n如您是本人，请在此之前登录，该请求即终止。\n",
        "Somebody made a request about your account as a close relative; two members of staff agreed, and it takes effect "
        "in 7 days.\n\nIf you are its owner, log in before then and it ends.\n",
    ),
}


def letter(template: str, *, code: str | None, language: str, link: str = "") -> tuple[str, str]:
    """Return subject and text of a mail; code: six digits, None for the templates without. zh-hans or en.

    link: where it leads, for the templates that lead anywhere.
    """
    body = {"no_account": _NO_ACCOUNT, "already_account": _ALREADY, **_NOTICES}.get(template, _CODE)
    chosen = "en" if language == "en" else "zh"
    return getattr(SUBJECTS[template], chosen), getattr(body, chosen).format(code=code, link=link)
