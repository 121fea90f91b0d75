"""What the catalogue refuses."""

from mingpu.lib.errors import MallError


class Ended(MallError):
    """“{title}” is no longer on sale."""

    zh = "“{title}”已经结束销售。"
    code = "ended"
    status = 410
