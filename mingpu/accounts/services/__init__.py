"""What can be done with an account. One verb, one short transaction; messages leave after it."""

from mingpu.accounts.queries import MOST_ADDRESSES
from mingpu.accounts.services.avatar import avatar_mark, avatar_of, remove_avatar, set_avatar
from mingpu.accounts.services.codes import forget_unclaimed, send_code
from mingpu.accounts.services.devices import Noted, forget_device, note_device
from mingpu.accounts.services.familiar import MARK_DAYS, add_mark
from mingpu.accounts.services.halfway import HalfIn, finish, half_of
from mingpu.accounts.services.linking import (
    Begun,
    CameBack,
    LinkedView,
    begin_round,
    come_back,
    link,
    linked_of,
    read_arrival,
    set_out,
    ways_in,
)
from mingpu.accounts.services.new_password import set_password
from mingpu.accounts.services.new_phone import change_phone, notify_former
from mingpu.accounts.services.notices import warn
from mingpu.accounts.services.passkeys import (
    MOST_PASSKEYS,
    add_passkey,
    begin_passkey,
    remove_passkey,
    sign_in_by_passkey,
)
from mingpu.accounts.services.profile import (
    change_address,
    change_email,
    change_profile,
    delete_address,
    save_address,
)
from mingpu.accounts.services.real_name import forget_name, verify_name
from mingpu.accounts.services.recovery import (
    RecoveryView,
    recovery_of,
    recovery_person,
    reset_password,
    stop_recovery,
)
from mingpu.accounts.services.registration import register
from mingpu.accounts.services.second_step import (
    begin_totp,
    renew_recovery_codes,
    second_step_of,
    turn_off,
    turn_on_passkeys,
    turn_on_totp,
    waiting_totp,
)
from mingpu.accounts.services.sessions import (
    SignedIn,
    end_other_sessions,
    end_session,
    name_session,
    note_use,
)
from mingpu.accounts.services.signin import (
    sign_in_by_code,
    sign_in_by_password,
    sign_out,
)
from mingpu.accounts.services.step_up import confirm_person

__all__ = [
    "MARK_DAYS",
    "MOST_ADDRESSES",
    "MOST_PASSKEYS",
    "Begun",
    "CameBack",
    "HalfIn",
    "LinkedView",
    "Noted",
    "RecoveryView",
    "SignedIn",
    "add_mark",
    "add_passkey",
    "avatar_mark",
    "avatar_of",
    "begin_passkey",
    "begin_round",
    "begin_totp",
    "change_address",
    "change_email",
    "change_phone",
    "change_profile",
    "come_back",
    "confirm_person",
    "delete_address",
    "end_other_sessions",
    "end_session",
    "finish",
    "forget_device",
    "forget_name",
    "forget_unclaimed",
    "half_of",
    "link",
    "linked_of",
    "name_session",
    "note_device",
    "note_use",
    "notify_former",
    "read_arrival",
    "recovery_of",
    "recovery_person",
    "register",
    "remove_avatar",
    "remove_passkey",
    "renew_recovery_codes",
    "reset_password",
    "save_address",
    "second_step_of",
    "send_code",
    "set_avatar",
    "set_out",
    "set_password",
    "sign_in_by_code",
    "sign_in_by_passkey",
    "sign_in_by_password",
    "sign_out",
    "stop_recovery",
    "turn_off",
    "turn_on_passkeys",
    "turn_on_totp",
    "verify_name",
    "waiting_totp",
    "warn",
    "ways_in",
]
