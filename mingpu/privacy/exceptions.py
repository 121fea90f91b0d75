"""The eleven cases without consent, as the register holds them: what the source says and what the law carries."""

from dataclasses import dataclass

from mingpu.lib.text import Text
from mingpu.privacy.register import REGISTER, Register

BY_GATE, PUBLIC, CONTRACT, REFUSED = "gate", "public", "contract", "refused"
NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class ExceptionCode:
    """One case, by its clause.

    way: gate | public | contract | refused. items: the gates a request may name at most; days: its longest term;
    notice_days: how long after its end the person is told. instead: what to do where no request is possible.
    """

    clause: str
    way: str
    title: Text
    source: Text
    law: Text
    instead: Text
    items: tuple[str, ...]
    days: int
    notice_days: int

    @property
    def requestable(self) -> bool:
        """Whether a request may be made under it."""
        return self.way == BY_GATE


def exceptions(register: Register = REGISTER) -> dict[str, ExceptionCode]:
    """Return the cases by clause, in the source's order."""
    return {
        clause: ExceptionCode(
            clause=clause,
            way=it["way"],
            title=_text(it["title"]),
            source=_text(it["source"]),
            law=_text(it["law"]),
            instead=_text(it["instead"]) if "instead" in it else NOTHING,
            items=tuple(it.get("items", ())),
            days=it.get("days", 0),
            notice_days=it.get("notice_days", 0),
        )
        for clause, it in register.raw.get("exceptions", {}).items()
    }


def _text(value: dict[str, str]) -> Text:
    return Text(value["zh"], value["en"])
