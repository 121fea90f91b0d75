"""What can stand between a person and a right, each with its reason."""

from mingpu.lib.errors import MallError


class WrongState(MallError):
    """This request is now “{status}”, so this can no longer be done."""

    zh = "该请求当前为“{status}”，不能进行该操作。"
    code = "wrong_request_state"


class NothingAbout(MallError):
    """There is nothing of yours under that name to ask about."""

    zh = "没有找到您要提出请求的那一项。"
    code = "nothing_about"
    status = 422


class ReasonNeeded(MallError):
    """A refusal needs one of the reasons the law knows, and a sentence to the person."""

    zh = "拒绝必须选定法定理由，并向本人写明。"
    code = "reason_needed"
    status = 422


class EnoughRequests(MallError):
    """You have {most} open requests already; please wait for an answer or withdraw one."""

    zh = "您已有 {most} 个未办结的请求，请等待答复或撤回其中一个。"
    code = "too_many_requests"


class ConsentNeeded(MallError):
    """This needs a yes of its own: please tick the box."""

    zh = "这件事需要您单独同意，请勾选。"
    code = "consent_needed"
    status = 422


class TransferUnderWay(MallError):
    """A transfer to this mall is under way already."""

    zh = "已有一个转移到这家商城的请求正在进行。"
    code = "transfer_under_way"


class TooLateToStop(MallError):
    """The package has left already and cannot be called back; ask the other mall to delete it."""

    zh = "数据包已经发出，无法叫停；请向接收方要求删除。"
    code = "transfer_sent"


class NotDeletable(MallError):
    """This cannot be deleted by itself: {why}."""

    zh = "这一项不能单独删除：{why}。"
    code = "not_deletable_alone"


class ProofFirst(MallError):
    """This opens the account: remove it where you are asked to show that it is you."""

    zh = "这一项能打开账户，请在需要确认是您本人的页面上删除。"
    code = "proof_needed"
    status = 403


class NotAChild(MallError):
    """This is only for accounts of people under 14."""

    zh = "仅适用于不满 14 周岁者的账户。"
    code = "not_a_child"


class NotAGuardian(MallError):
    """A guardian confirms from an account of their own, and is an adult."""

    zh = "须由监护人用自己的成年人账户确认。"
    code = "not_a_guardian"


class NeverForChildren(MallError):
    """This is never done with the data of somebody under 14, whatever anybody agrees to."""

    zh = "不满 14 周岁者的信息一律不作此用，同意了也不行。"
    code = "never_for_children"


class SameHands(MallError):
    """Two members of staff decide; you have decided already, or asked for it yourself."""

    zh = "需要两名员工分别作出决定；您已经决定过，或这是您本人提出的。"
    code = "needs_another"


class PackageRefused(MallError):
    """The package was refused: {problem}."""

    zh = "数据包未被接受：{problem}。"
    code = "package_refused"
    status = 422
