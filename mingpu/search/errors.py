"""What the search room refuses."""

from mingpu.lib.errors import MallError


class IndexBusy(MallError):
    """The search index is being written by another process; please try again in a moment."""

    zh = "搜索索引正在由另一个进程写入，请稍后再试。"
    code = "index_busy"
    status = 503


class SynonymTaken(MallError):
    """“{word}” stands in another group already. Please put the words into one group."""

    zh = "“{word}”已在另一组里，请合并成一组。"
    code = "synonym_taken"
