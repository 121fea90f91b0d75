"""Rounds at the services people sign in through, as a browser or an app makes them."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from mingpu.accounts import services
from mingpu.accounts.services import CameBack
from tests.adapters.signing_in import somebody, walk
from tests.people import network

SERVICES = ("wechat", "openid")


@dataclass
class Way:
    """One service, and somebody who has an account there. kind: web | api."""

    provider: str
    kind: str = "web"
    name: str = field(default_factory=somebody)

    def begin(self, intent: str = "login", person_id: UUID | None = None, **more) -> services.Begun:
        return services.begin_round(
            provider=self.provider, intent=intent, kind=self.kind, person_id=person_id, **more
        )

    def walk(self, begun: services.Begun, granted: str = "yes") -> dict[str, str]:
        return walk(begun.address, name=self.name, granted=granted)

    def back(
        self, begun: services.Begun, said: dict[str, str], person_id: UUID | None = None, **more
    ) -> CameBack:
        given = {"provider": self.provider, "kind": self.kind, "address": network()} | more
        return services.come_back(ticket=begun.ticket, said=said, person_id=person_id, **given)

    def go(self, intent: str = "login", person_id: UUID | None = None, **more) -> CameBack:
        begun = self.begin(intent, person_id, **more)
        return self.back(begun, self.walk(begun), person_id)

    def link(self, person_id: UUID, arrival: str = "", *, agreed: bool = True) -> None:
        services.link(
            person_id=person_id, arrival=arrival or self.go("link", person_id).arrival, agreed=agreed,
            language="zh-hans", method="page",
        )  # fmt: skip


def state_of(begun: services.Begun) -> str:
    return parse_qs(urlsplit(begun.address).query)["state"][0]
