"""Why something is not counted or not published. Each has a code that stays."""

from mingpu.lib.errors import MallError


class QuarterOpen(MallError):
    """That quarter is not over; it can be counted from its last midnight on."""

    zh = "这个季度还没有结束，结束后才能统计。"
    code = "quarter_open"


class TooFewPeople(MallError):
    """Too few people: {found} where {needed} are needed."""

    zh = "人数太少：{found} 人，至少要 {needed} 人。"
    code = "too_few_people"


class TooAlike(MallError):
    """People of one kind are too much alike: {found} different kinds of goods where {needed} are needed (l)."""

    zh = "同类的人过于相似：只买过 {found} 类商品，至少要 {needed} 类（l）。"
    code = "too_alike"


class TooTelling(MallError):
    """A kind of people stands too far from all others: {found}, at most {allowed} (t)."""

    zh = "某一类人与整体相差过大：{found}，最多 {allowed}（t）。"
    code = "too_telling"


class RiskTooHigh(MallError):
    """An attack ({attack}) could gain up to {found} over guessing; at most {allowed} is allowed."""

    zh = "攻击（{attack}）比瞎猜最多可多得 {found}，上限 {allowed}。"
    code = "risk_too_high"


class EpsilonTooLarge(MallError):
    """One publication may take between 0 and {allowed} of the budget."""

    zh = "一次公布最多占用 {allowed} 的隐私预算，且须大于 0。"
    code = "epsilon_too_large"


class BudgetExhausted(MallError):
    """The privacy budget does not reach: {left} is left {where}."""

    zh = "隐私预算不够：{where}只剩 {left}。"
    code = "budget_exhausted"


class OwnApproval(MallError):
    """Who asked for a publication cannot approve it."""

    zh = "申请人不能批准自己的申请。"
    code = "own_approval"


class DecidedBefore(MallError):
    """This was decided before."""

    zh = "这份申请已经有结论了。"
    code = "decided_before"


class NotApproved(MallError):
    """Nobody else has let this go yet."""

    zh = "还没有另一位同事批准。"
    code = "not_approved"


class AlreadyDrawn(MallError):
    """This was counted for publication before; the same budget is not spent twice."""

    zh = "这份统计已经取过数，同一份预算不用第二次。"
    code = "already_drawn"
