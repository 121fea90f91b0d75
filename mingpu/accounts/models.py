"""Persons, split by purpose: credential, contact, profile, sessions, codes, addresses. Personal text is sealed."""

import uuid

from django.db import models

from mingpu.privacy.fields import SealedText


class Person(models.Model):
    """Somebody with an account; nothing but that."""

    id = models.UUIDField(primary_key=True)
    created_at = models.DateTimeField()


class Credential(models.Model):
    """How a person signs in; the password as an argon2id hash."""

    person_id = models.UUIDField(primary_key=True)
    username = SealedText()
    username_index = models.BinaryField(unique=True)
    password_hash = models.TextField()
    signed_in_at = models.DateTimeField(null=True)  # last
    held_until = models.DateTimeField(null=True)  # after a recovery: what a thief would want waits
    number_new_until = models.DateTimeField(null=True)  # after a change of the number: it proves nothing yet


class Contact(models.Model):
    """Verified phone (E.164) and, if given, e-mail."""

    person_id = models.UUIDField(primary_key=True)
    phone = SealedText()
    phone_index = models.BinaryField(unique=True)
    email = SealedText(null=True)
    email_index = models.BinaryField(unique=True, null=True)


class FormerPhone(models.Model):
    """A number that an account had, until it is told that it has it no more."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    phone = SealedText()
    changed_at = models.DateTimeField()


class Profile(models.Model):
    """What a person likes to say about themselves; everything but the nickname may stay blank."""

    person_id = models.UUIDField(primary_key=True)
    nickname = SealedText()
    gender = SealedText(null=True)
    birthday = SealedText(null=True)  # YYYY-MM-DD
    interests = SealedText(null=True)  # category slugs, one a line


class Avatar(models.Model):
    """The picture a person shows of themselves, in two sizes as `avatar_rules.squares` makes them; mark: changes with it."""

    person_id = models.UUIDField(primary_key=True)
    small = SealedText()
    large = SealedText()
    mark = models.UUIDField()
    at = models.DateTimeField()


class RealName(models.Model):
    """A name and an ID number as checked by the verification service; both are there only where they match."""

    person_id = models.UUIDField(primary_key=True)
    name = SealedText(null=True)
    number = SealedText(null=True)
    state = models.TextField()  # of `real_name_rules.STATES`
    at = models.DateTimeField()
    checked_by = models.TextField(default="")
    reference = models.TextField(default="")
    tries = models.SmallIntegerField(default=0)  # on `day`
    day = models.DateField()


class Session(models.Model):
    """A sign-in: the hash of an opaque token, in a browser or an app."""

    token_hash = models.BinaryField(primary_key=True)
    person_id = models.UUIDField(db_index=True)
    kind = models.TextField()  # web | api
    name = SealedText(null=True)  # what its person calls it
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True)  # when its person last showed, in it, that it is them
    proven_by = models.TextField(default="")  # of `proof_rules.WAYS` or `proof_rules.ENTRIES`
    familiar = models.BooleanField(default=False)  # whether it paid, or its browser was known before
    used_at = models.DateTimeField(null=True)  # the hour of its last use, once it is an hour old


class Device(models.Model):
    """What an app told of the device of one sign-in; the database deletes it with the sign-in. "" is not told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    token_hash = models.BinaryField(unique=True)  # the sign-in's
    person_id = models.UUIDField(db_index=True)
    name = SealedText(null=True)
    model = models.TextField()
    os = models.TextField()
    os_version = models.TextField()
    app_version = models.TextField()
    language = models.TextField()
    resolution = models.TextField()  # points: width x height
    plmn = models.TextField()
    browser = models.TextField()
    seen_at = models.DateTimeField()


class SafetyMark(models.Model):
    """A hardware identifier of a device a person signed in from, as a keyed hash of its own purpose."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField(db_index=True)
    device_id = models.UUIDField()
    kind = models.TextField()  # of `device_rules.HARDWARE`
    mark = models.BinaryField()
    seen_at = models.DateTimeField()


class DeviceLink(models.Model):
    """A device that is known again when its person signs in anew; the mark is of this purpose alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    device_id = models.UUIDField()  # as it was seen last
    name = SealedText(null=True)
    mark = models.BinaryField()
    linked_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "mark"], name="device_link_once")]


class Code(models.Model):
    """A verification code on its way: hashed, single use, five tries, ten minutes.

    subject_id is the person it will belong to: the known one, or the id the new account will get.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    subject_id = models.UUIDField(db_index=True)
    to_index = models.BinaryField()
    address_index = models.BinaryField()  # keyed hash of the asking network address
    intent = models.TextField()
    code_hash = models.BinaryField()
    tries_left = models.SmallIntegerField(default=5)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["to_index", "-created_at"], name="code_to"),
            models.Index(fields=["address_index", "-created_at"], name="code_address"),
        ]


class Passkey(models.Model):
    """The public half of a passkey; the private half, and the face or finger that unlocks it, stay on the device."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField(db_index=True)
    credential_hash = models.BinaryField(unique=True)  # of its id, to find it by
    data = models.BinaryField()  # id and public key, COSE
    counter = models.BigIntegerField()
    name = SealedText(null=True)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class SecondStep(models.Model):
    """A second step on signing in; `on_at` None while its first app is being set up, `secret` None for passkeys alone."""

    person_id = models.UUIDField(primary_key=True)
    secret = SealedText(null=True)
    waiting = SealedText(null=True)  # of an app that has not shown a code yet
    counter = models.BigIntegerField(default=0)  # step of time of the last code taken
    on_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A code on paper in place of the second step; its row goes when it is used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField(db_index=True)
    code_hash = models.BinaryField()
    made_at = models.DateTimeField()


class Recovery(models.Model):
    """A new password that one channel alone asked for, and that waits; what became of it stays to be seen."""

    person_id = models.UUIDField(primary_key=True)
    state = models.TextField()  # waiting | stopped | settled
    stop_hash = models.BinaryField(unique=True)  # of the words in the mail that stop it
    password_hash = models.TextField()
    lifts = models.BooleanField()  # whether the second step goes with it
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()


class HalfSignIn(models.Model):
    """A sign-in that waits for its second half: five minutes, five tries, once."""

    token_hash = models.BinaryField(primary_key=True)
    person_id = models.UUIDField(db_index=True)
    kind = models.TextField()  # web | api
    ways = models.TextField()  # of `proof_rules.WAYS`, that would do
    familiar = models.BooleanField()
    tries_left = models.SmallIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()


class LinkedAccount(models.Model):
    """An account elsewhere by which a person signs in: found by a keyed hash; tokens of the service are not kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    provider = models.TextField()  # its source in the register
    subject_index = models.BinaryField(unique=True)
    nickname = SealedText(null=True)
    avatar = SealedText(null=True)  # where the picture lies, not the picture
    linked_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "provider"], name="linked_account_once")]


class SpentChallenge(models.Model):
    """A challenge that was answered, so that it is answered once; nobody's data, gone after ten minutes."""

    mark = models.BinaryField(primary_key=True)
    at = models.DateTimeField(db_index=True)


class CodeBudget(models.Model):
    """How many messages with codes left on a day, to whomever; `kind` is opening | signing_in. Nobody's data."""

    day = models.DateField()
    kind = models.TextField()
    sent = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "kind"], name="code_budget_once")]


class Attempt(models.Model):
    """A try to sign in that has not succeeded; counted, then dropped. No one's name is in it.

    subject_id is the person the name belongs to, or an id that is nobody's.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    subject_id = models.UUIDField(db_index=True)
    name_index = models.BinaryField()  # keyed hash of the name as typed
    address_index = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["name_index", "-at"], name="attempt_name"),
            models.Index(fields=["address_index", "-at"], name="attempt_address"),
        ]


class Address(models.Model):
    """An entry of the address book."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField(db_index=True)
    name = SealedText()
    phone = SealedText()
    province = SealedText()
    city = SealedText()
    district = SealedText()
    town = SealedText(null=True)  # of the fourth level: street office, town or township
    street = SealedText()
    landline = SealedText(null=True)
    email = SealedText(null=True)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField()
