"""What an incident's notices say: to a person, to the authority (PIPL 57: kinds, cause, harm, measures, contact)."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from mingpu.governance.rules import BEIJING, LEVELS
from mingpu.lib.text import Text
from mingpu.privacy.register import REGISTER

UNKNOWN: Final = Text("仍在查明", "still being looked into")


@dataclass(frozen=True, slots=True)
class Told:
    """What both texts are made of."""

    incident_no: str
    noticed_at: datetime
    level: str
    what: str
    kinds: str
    cause: str
    harm: str
    measures: str
    persons: int | None


def told(it: Any) -> Told:
    """Return what both texts are made of from a row or a view of an incident."""
    return Told(**{field.name: getattr(it, field.name) for field in fields(Told)})


def person_text(it: Told) -> Text:
    """Return what a person is told: what happened to which kinds, why, what may come of it, what was done, whom to ask."""
    operator = REGISTER.operator
    return Text(
        f"{operator['name'].zh}通知您：{it.what}。涉及的信息种类：{it.kinds}。原因：{it.cause or UNKNOWN.zh}。"
        f"可能的影响：{it.harm or UNKNOWN.zh}。已采取的措施和给您的建议：{it.measures or UNKNOWN.zh}。"
        f"联系方式：{operator['contact'].zh}。事件编号 {it.incident_no}。",
        f"{operator['name'].en} tells you: {it.what}. Kinds of data: {it.kinds}. Cause: {it.cause or UNKNOWN.en}. "
        f"What may come of it: {it.harm or UNKNOWN.en}. What was done, and what we suggest: "
        f"{it.measures or UNKNOWN.en}. Contact: {operator['contact'].en}. Incident {it.incident_no}.",
    )


def authority_text(it: Told) -> str:
    """Return the report to the authority, in Chinese, to be sent by a person."""
    operator = REGISTER.operator
    noticed = it.noticed_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
    persons = "尚未统计" if it.persons is None else f"{it.persons} 人"
    return "\n".join(
        [
            f"网络安全事件报告（{it.incident_no}）",
            f"报告单位：{operator['name'].zh}",
            f"联系方式：{operator['contact'].zh}",
            f"发现时间：{noticed}（北京时间）",
            f"事件级别：{LEVELS[it.level].zh}",
            f"事件经过：{it.what}",
            f"涉及的个人信息种类：{it.kinds}",
            f"涉及人数：{persons}",
            f"原因：{it.cause or UNKNOWN.zh}",
            f"已经或可能造成的危害：{it.harm or UNKNOWN.zh}",
            f"已采取的补救措施：{it.measures or UNKNOWN.zh}",
        ]
    )
