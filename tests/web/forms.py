"""Forms with the fields that the pages draw, for the fixtures; the views have their own."""

from typing import Any

from django import forms

from mingpu.lib.text import Text


def both(zh: str, en: str) -> Any:
    """Return a label that speaks the reader's language; Django asks only that it can be written."""
    return Text(zh, en)


def text(zh: str, en: str, **extra: Any) -> forms.CharField:
    return forms.CharField(label=both(zh, en), **extra)


def choice(zh: str, en: str, *names: str, **extra: Any) -> forms.CharField:
    widget = forms.Select(choices=[("", Text("请选择", "Choose")), *((one, one) for one in names)])
    return forms.CharField(label=both(zh, en), widget=widget, **extra)


class Login(forms.Form):
    login = text("账户名或手机号", "Account name or phone")
    password = text("密码", "Password", widget=forms.PasswordInput)


class Passkey(forms.Form):
    passkey_name = text("通行密钥的名称", "Name of the passkey", required=False)
    credential = forms.CharField(widget=forms.HiddenInput)


class Step(forms.Form):
    proof_password = text("密码", "Password", widget=forms.PasswordInput)


class Totp(forms.Form):
    totp_code = text("动态码", "Authenticator code")


class Fresh(forms.Form):
    new_password = text("新密码", "New password", widget=forms.PasswordInput)


class Mail(forms.Form):
    email = forms.EmailField(label=both("邮箱", "E-mail"), required=False)
    email_code = text("邮箱验证码", "E-mail code", required=False)


class Number(forms.Form):
    phone = text("新手机号", "New mobile number", widget=forms.TextInput(attrs={"type": "tel"}))
    phone_code = text("验证码", "Code")


class Recover(Fresh):
    phone = text("手机号", "Phone number", widget=forms.TextInput(attrs={"type": "tel"}), required=False)
    phone_code = text("验证码", "Code", required=False)
    email = forms.EmailField(label=both("邮箱", "E-mail"), required=False)
    email_code = text("邮箱验证码", "E-mail code", required=False)
    recovery_code = text("恢复码", "Recovery code", required=False)
    lost_second = forms.BooleanField(label=both("都丢了", "They are lost"), required=False)


class StepCode(forms.Form):
    phone_code = text("短信验证码", "SMS code")


class LoginCode(forms.Form):
    phone = text("手机号", "Phone number", widget=forms.TextInput(attrs={"type": "tel"}))
    phone_code = text("验证码", "Code")


class Register(forms.Form):
    phone = text("手机号", "Phone number", widget=forms.TextInput(attrs={"type": "tel"}))
    phone_code = text("验证码", "Code")
    username = text(
        "账户名",
        "Account name",
        help_text=Text("4–20 个字母、数字或汉字", "4-20 letters, digits or characters"),
    )
    password = text(
        "密码", "Password", widget=forms.PasswordInput, help_text=Text("至少 10 位", "At least 10 characters")
    )
    email = forms.EmailField(label=both("邮箱", "E-mail"), required=False)
    email_code = text("邮箱验证码", "E-mail code", required=False)
    agreed_statement = forms.CharField()


class Consignee(forms.Form):
    name = text("收货人", "Name")
    phone = text("手机号", "Phone number", widget=forms.TextInput(attrs={"type": "tel"}))
    province = choice("省份", "Province", "浙江省", "西藏自治区")
    city = choice("城市", "City", "杭州市")
    district = choice("区县", "District", "西湖区")
    town = choice("街道 / 乡镇", "Town or subdistrict", "翠苑街道", required=False)
    street = text("详细地址", "Street, number, door", widget=forms.Textarea(attrs={"rows": 2}))
    landline = text("固定电话", "Landline", required=False)
    email = forms.EmailField(label=both("邮箱", "E-mail"), required=False)


class Address(Consignee):
    is_default = forms.BooleanField(label=both("设为默认地址", "Use as my default"), required=False)


class Checkout(Consignee):
    save_address = forms.BooleanField(
        label=both("存到地址簿，下次不用再填", "Keep it in my address book"), required=False
    )
    payment = forms.CharField()
    recharge = text("充值号码", "Phone to top up", widget=forms.TextInput(attrs={"type": "tel"}))


class RealName(forms.Form):
    real_name = text("真实姓名", "Real name")
    number = text(
        "身份证号", "ID number", help_text=Text("18 位，最后一位可以是 X", "18 characters, the last may be X")
    )


class CardCode(forms.Form):
    code = text("卡密", "Card code", help_text=Text("16 位字母和数字", "16 letters and digits"))


class InvoiceTitle(forms.Form):
    kind = forms.ChoiceField(
        label=both("抬头类型", "Made out to"),
        widget=forms.RadioSelect,
        choices=[("person", Text("个人", "Person")), ("company", Text("单位", "Company"))],
    )
    title = text("发票抬头", "Title")
    tax_no = text("税号", "Tax number", required=False)
    is_default = forms.BooleanField(label=both("设为默认抬头", "Use as my default"), required=False)


class Profile(forms.Form):
    nickname = text("昵称", "Nickname")
    birthday = forms.DateField(
        label=both("生日", "Birthday"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    gender = forms.ChoiceField(
        label=both("性别", "Gender"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", Text("不填", "Blank")),
            ("f", Text("女", "Female")),
            ("m", Text("男", "Male")),
            ("x", Text("其他", "Other")),
        ],
    )
    interests = forms.MultipleChoiceField(
        label=both("兴趣爱好", "Interests"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("home", Text("居家", "Home")),
            ("food", Text("厨房", "Kitchen")),
            ("digital", Text("数码", "Digital")),
            ("outdoor", Text("户外", "Outdoor")),
        ],
    )


class AfterSales(forms.Form):
    reason = forms.ChoiceField(
        label=both("原因", "Reason"),
        choices=[
            ("quality", Text("质量问题", "Faulty")),
            ("changed_mind", Text("不想要了", "Changed my mind")),
        ],
    )
    description = text("补充说明", "Anything else", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    type = forms.CharField(required=False)
    lines = forms.CharField(required=False)


class Password(forms.Form):
    password = text("登录密码", "Password", widget=forms.PasswordInput)


class Code(forms.Form):
    phone_code = text("验证码", "Code")


class DeskLogin(forms.Form):
    username = text("工号", "Staff name")
    password = text("密码", "Password", widget=forms.PasswordInput)


class DeskDecision(forms.Form):
    note = text(
        "给顾客的话", "A word to the customer", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class DeskLookup(forms.Form):
    case_no = text("售后单号", "Case number")
    order_no = text("订单号", "Order number", required=False)
