"""The words of our mails about codes; those that tell of something are `mingpu.notices.kinds`. Short messages have theirs at the provider, who approves them."""

from typing import Final

from mingpu.lib.text import Text

SUBJECTS: Final = {
    "verify_register": Text("明铺：验证您的邮箱", "Mingpu: confirm your e-mail"),
    "verify_login": Text("明铺：登录验证码", "Mingpu: your code to log in"),
    "verify_reset": Text("明铺：重置密码验证码", "Mingpu: your code to set a new password"),
    "verify_cancel": Text("明铺：注销账户验证码", "Mingpu: your code to cancel the account"),
    "verify_confirm": Text("明铺：确认本人操作", "Mingpu: your code to confirm that it is you"),
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


def letter(template: str, *, code: str | None, language: str) -> tuple[str, str]:
    """Return subject and text of a mail; code: six digits, None for the templates without. zh-hans or en."""
    body = {"no_account": _NO_ACCOUNT, "already_account": _ALREADY}.get(template, _CODE)
    chosen = "en" if language == "en" else "zh"
    return getattr(SUBJECTS[template], chosen), getattr(body, chosen).format(code=code)
