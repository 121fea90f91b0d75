"""What is refused about virtual goods."""

from mingpu.privacy.doors import PermissionIsOff


class ContactsOff(PermissionIsOff):
    """Picking a number from your contacts is switched off. Please type it, or allow it in the privacy centre."""

    zh = "您没有打开通讯录权限。请直接填写号码，或先到隐私中心打开。"
