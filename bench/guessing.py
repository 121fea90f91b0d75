"""`python -m bench.guessing CALLS GUESSES SEED`: measure what a stranger can learn and win; figures as JSON.

Runs in the mall of MINGPU_HOME, in the storefront's zone. The time of answers about names that exist is held against
names that do not (two-sample Kolmogorov-Smirnov); then passwords and codes are guessed from a thousand networks.
"""

import json
import math
import random
import re
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402 -- after setup

from mingpu.accounts import services  # noqa: E402 -- after setup
from mingpu.accounts.errors import CodeNotSent, TooMany, WrongCode, WrongSignIn  # noqa: E402 -- after setup
from mingpu.accounts.models import Contact, Credential, Person, Profile  # noqa: E402 -- after setup
from mingpu.accounts.queries import phone_index, username_index  # noqa: E402 -- after setup
from mingpu.accounts.services.passwords import hash_password  # noqa: E402 -- after setup
from mingpu.lib.clock import now  # noqa: E402 -- after setup
from mingpu.privacy import keys  # noqa: E402 -- after setup
from mingpu.privacy.models import Standing  # noqa: E402 -- after setup
from mingpu.privacy.purposes import Purpose, processing  # noqa: E402 -- after setup

NETWORKS = 1_000
RIGHT = "wise-otter-Lantern-93"


def main(calls: int, guesses: int, seed: int) -> dict[str, Any]:
    """Return everything that was measured. calls: of each kind and sort of name; guesses: in all."""
    dice = random.Random(seed)  # noqa: S311 -- no secret
    known = [_person() for _ in range(calls)]
    return {"seed": seed, "timing": timing(known, dice), "attack": attack(known, guesses, dice)}


def timing(known: Sequence[tuple[str, str]], dice: random.Random) -> dict[str, Any]:
    """Ask about every known name and as many unknown ones, in random order, each once and from a network of its own."""
    verbs: dict[str, Callable[[str, str], object]] = {
        "sign in by password": lambda name, _: services.sign_in_by_password(
            login=name, password="wrong password here", address=_network(dice), kind="api"  # noqa: S106 -- a wrong one
        ),
        "ask for a code": lambda _, phone: services.send_code(
            channel="sms", to=phone, intent="login", address=_network(dice), language="en"
        ),
        "sign in by a code": lambda _, phone: services.sign_in_by_code(
            phone=phone, phone_code="000000", address=_network(dice), kind="api"
        ),
        "set a new password": lambda _, phone: services.reset_password(
            to=phone, code="000000", password="other-otter-Lantern-95", address=_network(dice)  # noqa: S106 -- made up
        ),
    }  # fmt: skip
    asked = [(it, True) for it in known] + [((f"u{uuid4().hex[:12]}", _phone()), False) for _ in known]
    found = {}
    for what, verb in verbs.items():
        dice.shuffle(asked)
        took: dict[bool, list[float]] = {True: [], False: []}
        told: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
        for (name, phone), exists in asked:
            begun = time.perf_counter()
            told[exists][_outcome(partial(verb, name, phone))] += 1
            took[exists].append(time.perf_counter() - begun)
        distance, chance = kolmogorov_smirnov(took[True], took[False])
        found[what] = {
            "calls": len(asked), "distance": distance, "p": chance, "same answers": told[True] == told[False],
            "known_ms": _median(took[True]) * 1000, "unknown_ms": _median(took[False]) * 1000,
        }  # fmt: skip
    return found


def attack(known: Sequence[tuple[str, str]], guesses: int, dice: random.Random) -> dict[str, Any]:
    """Guess at one victim's password and code and at everybody's; then see whether the victim gets in."""
    victim, phone = known[0]
    signed_in = services.sign_in_by_password(login=victim, password=RIGHT, address=_network(dice), kind="web")
    assert isinstance(signed_in, services.SignedIn)  # they have no second step
    mark = signed_in.mark
    networks = [_network(dice) for _ in range(NETWORKS)]
    seen: dict[str, Counter[str]] = {"one name": Counter(), "one phone": Counter(), "all names": Counter()}
    for number in range(guesses):
        address = networks[number % NETWORKS]
        target = dice.choices(list(seen), (6, 2, 2))[0]
        if target == "one phone":
            code = f"{dice.randrange(10**6):06d}"
            guess = partial(
                services.sign_in_by_code, phone=phone, phone_code=code, address=address, kind="web"
            )
        else:
            name = victim if target == "one name" else dice.choice(known[1:])[0]
            word = f"guess-{dice.randrange(10**9)}"
            guess = partial(
                services.sign_in_by_password, login=name, password=word, address=address, kind="web"
            )
        seen[target][_outcome(guess)] += 1
    return {
        "networks": NETWORKS, "guesses": guesses, "outcomes": {what: dict(it) for what, it in seen.items()},
        "got in": sum(it["done"] for it in seen.values()),
        "victim": {
            "with a mark": _outcome(lambda: services.sign_in_by_password(
                login=victim, password=RIGHT, address=networks[0], kind="web", marks=mark)),
            "by code": _outcome(lambda: _by_code(phone, mark, dice)),
        },
        "codes": _pump(networks),
    }  # fmt: skip


def kolmogorov_smirnov(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """Return the largest distance of two samples' distribution functions, and how likely one at least as large is.

    The likelihood is the asymptotic one for samples of the same distribution.
    """
    ordered = sorted([(value, 1 / len(one)) for value in one] + [(value, -1 / len(other)) for value in other])
    distance = height = 0.0
    for place, (value, step) in enumerate(ordered):
        height += step
        if place + 1 == len(ordered) or ordered[place + 1][0] != value:
            distance = max(distance, abs(height))
    size = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    reach = (size + 0.12 + 0.11 / size) * distance
    chance = 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * reach) ** 2) for k in range(1, 101))
    return distance, 1.0 if reach < 0.2 else min(1.0, max(0.0, chance))


def _pump(networks: Sequence[str]) -> dict[str, Any]:
    """Ask for codes to strangers' numbers until the day's budget is spent, and for as many again."""
    seen: Counter[str] = Counter()
    for number in range(settings.CODES_A_DAY * 2):
        ask = partial(services.send_code, channel="sms", to=_phone(), intent="register", language="en")
        seen[_outcome(partial(ask, address=networks[number % NETWORKS]))] += 1  # fmt: skip
    return {"budget": settings.CODES_A_DAY, "asked": settings.CODES_A_DAY * 2, "outcomes": dict(seen)}


def _by_code(phone: str, mark: str, dice: random.Random) -> None:
    """Sign in as the victim would from the browser they know: with a code, read from the phone."""
    ask = partial(services.send_code, channel="sms", to=phone, intent="login", language="en", marks=mark)
    try:
        ask(address=_network(dice))
    except TooMany as soon:  # one went out less than a minute ago
        time.sleep(soon.facts["retry_after"])
        ask(address=_network(dice))
    address = f"http://127.0.0.1:{settings.PORT + 1}/inbox?to={quote(phone)}"
    with urllib.request.urlopen(address, timeout=10) as answer:
        text = json.load(answer)[-1]["text"]
    found = re.search(r"\d{6}", text)
    assert found
    services.sign_in_by_code(phone=phone, phone_code=found[0], address=_network(dice), kind="web")


def _outcome(verb: Callable[[], object]) -> str:
    try:
        verb()
    except (WrongSignIn, WrongCode):
        return "wrong"
    except TooMany:
        return "slowed"
    except CodeNotSent:
        return "not sent"
    return "done"


def _person() -> tuple[str, str]:
    """Open an account through the door as registration does; return username and number."""
    person, phone = uuid4(), _phone()
    name = f"k{person.hex[:12]}"
    with processing(Purpose.REGISTRATION, subject=person):
        Person.objects.create(id=person, created_at=now())
        Standing.objects.create(person_id=person)
        Credential.objects.create(
            person_id=person, username=name, username_index=username_index(name), password_hash=_HASH
        )
        Contact.objects.create(person_id=person, phone=f"+86{phone}", phone_index=phone_index(f"+86{phone}"))
        Profile.objects.create(person_id=person, nickname=name)
    keys.fetch_or_make(person, "share")  # as the message with the code that opened the account has left it
    return name, phone


def _phone() -> str:
    return f"139{uuid4().int % 10**8:08d}"


def _network(dice: random.Random) -> str:
    return ".".join(str(dice.randrange(1, 255)) for _ in range(4))


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


_HASH = hash_password(RIGHT)

if __name__ == "__main__":
    json.dump(main(*(int(it) for it in sys.argv[1:4])), sys.stdout)
