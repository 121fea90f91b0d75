"""One search box for every setting: what it does, what it costs, where it is. What is typed is kept nowhere."""

import re
import unicodedata
from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from mingpu.lib.requests import MallRequest
from mingpu.lib.text import Text
from mingpu.web.pages import me, signed_in
from mingpu.web.pages.consents import matters

LONGEST: Final = 40
ON, OFF, NEVER = Text("已开启", "On"), Text("已关闭", "Off"), Text("未决定，等于关闭", "Not decided: off")
# Page -> title, what it does, what it costs, other words people look for it by.
PAGES: Final[dict[str, tuple[Text, Text, Text, str]]] = {
    "account": (
        Text("个人资料", "Profile"), Text("昵称、性别、生日、兴趣", "Nickname, gender, birthday, interests"),
        Text("都可以空着，加密保存，注销时删除", "All may stay blank; sealed, and erased when you leave"),
        "头像 名字 改名 账户名 name avatar",
    ),
    "addresses": (
        Text("收货地址", "Addresses"), Text("地址簿、默认地址、粘贴识别", "Address book, default, pasting"),
        Text("收货人信息加密保存，下单时交给快递", "Sealed; a courier receives it when you order"),
        "地址簿 收货人 邮寄 delivery shipping",
    ),
    "real_name": (
        Text("实名验证", "Real-name verification"), Text("请核验服务商确认姓名和身份证号", "Have name and ID number checked"),
        Text("姓名和号码交给核验服务商一次；号码单独加密，可随时删除", "Both reach the service once; the number is sealed, deleted when you say so"),
        "身份证 证件 认证 identity card id",
    ),
    "devices": (
        Text("设备与登录", "Devices and sign-ins"), Text("看看在哪里登录着，命名、退出一处或全部", "Where you are signed in; name them, end one or all"),
        Text("应用告知的设备信息，退出登录即删", "What apps tell of a device goes with its sign-in"),
        "手机 电脑 退出 登出 安全 下线 session logout security",
    ),
    "passkeys": (
        Text("通行密钥", "Passkeys"), Text("用面容、指纹或锁屏密码登录", "Log in with face, finger or screen lock"),
        Text("面容和指纹不离开设备，我们只存公钥", "Face and finger stay on the device; we keep a public key"),
        "登录 指纹 面容 人脸 安全 passkey webauthn login security",
    ),
    "password": (
        Text("修改密码", "Change the password"), Text("换一个密码，其他设备退出登录", "Another password; other sign-ins end"),
        Text("只存哈希，谁也读不出来", "Kept as a hash that nobody can read"), "改密 忘记密码 登录 安全 login security",
    ),
    "email": (
        Text("邮箱", "E-mail"), Text("添加、修改或移除邮箱", "Add, change or remove your e-mail"),
        Text("加密保存，只用于验证和提醒", "Sealed; for codes and warnings alone"), "邮件 电子邮件 找回 mail contact",
    ),
    "phone": (
        Text("更换手机号", "Change the number"), Text("换一个手机号，其他设备退出登录", "Another number; other sign-ins end"),
        Text("加密保存；旧号码告知后即删", "Sealed; the former one is deleted once it was told"), "换号 手机 电话 mobile phone contact",
    ),
    "recovery": (
        Text("找回密码的进展", "Recovery of the password"), Text("看有没有人在找回您的密码，一键叫停", "See whether somebody recovers your password, and stop it"),
        Text("不收集新的信息", "Collects nothing new"), "忘记密码 被盗 不是我 stolen forgot security",
    ),
    "second_step": (
        Text("两步验证", "Second step"), Text("登录再确认一步：动态码或通行密钥，附恢复码", "One more step to log in, with recovery codes"),
        Text("密钥加密保存，恢复码只存哈希", "The secret is sealed, recovery codes are hashed"),
        "动态码 谷歌验证器 二次验证 双重 恢复码 安全 totp 2fa mfa authenticator security",
    ),
    "linked": (
        Text("第三方账号", "Linked accounts"), Text("绑定或解绑用来登录的第三方账号", "Link or unlink accounts you log in by"),
        Text("只取昵称和头像地址；那家服务知道您在用明铺", "Nickname and avatar's address alone; that service learns that you use Mingpu"),
        "微信 绑定 解绑 wechat openid social login connect",
    ),
    "notice_settings": (
        Text("通知设置", "How you are told"),
        Text("每类通知走站内、邮件还是短信，免打扰时段，语言", "Which notices come in Mingpu, by mail or text; quiet hours; language"),
        Text("邮件和短信服务商收到您的号码或邮箱和一句话；站内通知保留 180 天", "The mail and SMS providers receive your address and one sentence; notices are kept 180 days"),
        "推送 提醒 消息 免打扰 勿扰 退订 静音 notification push mute unsubscribe do not disturb",
    ),
    "invoice_titles": (
        Text("发票抬头", "Invoice titles"), Text("开发票时选用的抬头和税号", "Titles and tax numbers to choose from"),
        Text("开票时交给开票服务商，须另外同意", "They reach the invoice issuer; asked for by itself"), "税号 公司 tax receipt",
    ),
    "history": (
        Text("搜索记录", "Search history"), Text("查看、逐条删除或清空", "See, delete one, or clear"),
        Text("只在您同意后保存", "Kept only while you agree"), "关键词 清空 clear",
    ),
    "browsing": (
        Text("浏览记录", "Recently viewed"), Text("查看、逐条删除或清空", "See, delete one, or clear"),
        Text("只在您同意后保存", "Kept only while you agree"), "足迹 清空 clear footprint",
    ),
    "exports": (
        Text("导出我的信息", "Take a copy"), Text("一个压缩包，人和程序都能读", "One archive for people and programs"),
        Text("生成后保留 3 天", "Kept three days after it is made"), "下载 复制 备份 download copy",
    ),
    "uses": (
        Text("使用记录", "Uses of my data"), Text("谁、何时、为什么用了您的信息", "Who used what, when and why"),
        Text("只供您查看", "For you to see"), "谁看过 日志 log",
    ),
    "shares": (
        Text("共享记录", "Shares"), Text("发给第三方的原文", "The exact words sent to third parties"),
        Text("只供您查看", "For you to see"), "第三方 third party",
    ),
    "cancellation": (
        Text("注销账户", "Cancel the account"), Text("删除账户和信息，签发证明", "Erase account and data, with a certificate"),
        Text("冷静期后不能恢复；法律要求的交易记录封存 3 年", "Final after the cooling-off; trade records the law wants are frozen 3 years"),
        "删除账号 销户 delete close",
    ),
}  # fmt: skip


@require_safe
@signed_in
def settings(request: MallRequest) -> HttpResponseBase:
    """GET [?q=] -> every setting, or those that the words are about."""
    typed = request.GET.get("q", "")[:LONGEST]
    words = _words(typed)
    facts = {
        "q": typed,
        "switches": [it for it in map(_switch, matters(me(request))) if _about(it["said"], words)],
        "pages": [it for it in map(_page, PAGES) if _about(it["said"], words)],
    }
    return render(request, "settings.html", facts)


def _switch(it: dict[str, Any]) -> dict[str, Any]:
    """Return a switch with everything that is said of it, to be looked through in the reader's language."""
    kept = [str(one) for part in it["collected"] for one in (part.label, *part.items)]
    state = ON if it["granted"] else NEVER if it["granted"] is None else OFF
    page = "permission_set" if it["permission"] else "consent_set"
    said = (it["label"], it["why"], it["effect"], *kept)
    return {
        **it, "state": state, "action": reverse(page, args=[it["name"]]), "row": f"setting-{it['name']}",
        "said": _plain(" ".join(map(str, said))),
    }  # fmt: skip


def _page(name: str) -> dict[str, Any]:
    title, does, costs, other = PAGES[name]
    both = (one for text in (title, does, costs) for one in (text.zh, text.en))
    return {
        "title": title, "does": does, "costs": costs, "url": reverse(name), "said": _plain(" ".join((*both, other))),
    }  # fmt: skip


def _about(said: str, words: list[str]) -> bool:
    return all(word in said for word in words)


def _words(typed: str) -> list[str]:
    return [one for one in re.split(r"\s+", _plain(typed)) if one]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


urlpatterns = [path("account/settings", settings, name="settings")]
