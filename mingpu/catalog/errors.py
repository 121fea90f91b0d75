"""What the catalogue refuses."""

from mingpu.lib.errors import MallError


class WarehouseExists(MallError):
    """There is a warehouse “{code}” already."""

    zh = "仓库编号“{code}”已经有了。"
    code = "warehouse_exists"


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


class ImportOpen(MallError):
    """“{name}” is still open; finish it or call it off first."""

    zh = "“{name}”还没有结束，请先完成或取消。"
    code = "import_open"


class ImportOver(MallError):
    """This import is not at that point any more."""

    zh = "这次导入已经不在这一步了。"
    code = "import_over"


class ImportOvertaken(MallError):
    """This import was called off, or another process is at it."""

    zh = "这次导入已被取消，或有另一个进程在做。"
    code = "import_overtaken"


class NotACatalogue(MallError):
    """Please choose a .jsonl, .csv, .tsv or .xlsx file."""

    zh = "请选择 .jsonl、.csv、.tsv 或 .xlsx 文件。"
    code = "not_a_catalogue"
    status = 422


class CatalogueTooLarge(MallError):
    """The file is larger than {mb} MB."""

    zh = "文件超过 {mb} MB。"
    code = "catalogue_too_large"
    status = 413


class TooLongForExcel(MallError):
    """A text of item {id} is longer than a cell of Excel holds; choose CSV or JSON lines."""

    zh = "商品 {id} 有一段文字超过 Excel 单元格的长度，请选 CSV 或 JSON。"
    code = "too_long_for_excel"
