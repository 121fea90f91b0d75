"""What the catalogue refuses."""

from mingpu.lib.errors import MallError


class Ended(MallError):
    """“{title}” is no longer on sale."""

    zh = "“{title}”已经结束销售。"
    code = "ended"
    status = 410


class NameTaken(MallError):
    """There is one called {name} already."""

    zh = "已有同名的“{name}”。"
    code = "name_taken"


class TooDeep(MallError):
    """The tree has {levels} levels; there is no room below here."""

    zh = "类目最多 {levels} 级，这里放不下。"
    code = "too_deep"


class WithinItself(MallError):
    """A category cannot stand below itself."""

    zh = "类目不能移到自己下面。"
    code = "within_itself"


class InUse(MallError):
    """{name} still holds goods or categories; move them first."""

    zh = "“{name}”下还有商品或类目，请先移走。"
    code = "in_use"
