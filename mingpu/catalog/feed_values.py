"""What reading a catalogue file yields: items, and refusals with their reasons. No database."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from mingpu.catalog.rules import GOODS
from mingpu.lib.text import Text
from mingpu.merchants.rules import OWN_SHOP


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth telling about a row that was taken. code: stable, for programs."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row, or a whole file, that was not taken.

    file: its name. line: from 1, the first line of the row; 0 when it concerns the whole file. external_id:
    None when it could not be read. code: stable, for programs.
    """

    file: str
    line: int
    external_id: str | None
    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class FeedSku:
    """One variant. code: None where the file names none. price_fen: fen > 0 or None. stock: pieces or None.

    grams: of one piece with its packing, None where the item's count. face_fen: what virtual goods are worth,
    None where the item's counts. list_price_fen: before reduction, None where the item's counts. stock_seen: the
    pieces that `stock` was counted against, None when it counts by itself. barcode: a GTIN whose check
    digit is right, or "".
    """

    code: str | None
    options: dict[str, str] = field(default_factory=dict)
    price_fen: int | None = None
    stock: int | None = None
    grams: int | None = None
    face_fen: int | None = None
    list_price_fen: int | None = None
    stock_seen: int | None = None
    barcode: str = ""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One product as a file tells it; texts are plain text without markup or control characters.

    source and external_id together name it for good. category_path: from the root, () when unknown. Prices in
    fen; price_fen is None when it is not for sale, and a note says why (`no_price`, `zero_price`); else it is
    the cheapest variant's where the item has none of its own. images: files that exist. sales: pieces >= 0.
    stock: pieces, None when not told. skus: () when the item is its own only variant. merchant: whose it is, by
    code. kind: of `rules.KINDS`. real_name: the law wants its taker's identity checked. grams: of one piece with
    its packing, None when not told. face_fen: what one piece of virtual goods is worth, None for goods. title_en,
    description_en: "" where there is no English. on_sale: False where its merchant keeps it from being sold.
    description_html: the description as sanitised markup, "" where it is plain text. axes: options in the order
    they are offered, name -> values, where the file names them itself. barcode: of the item as its own variant.
    published_from, published_until: when it is shown; both None when the file says nothing of it.
    """

    file: str
    line: int
    source: str
    external_id: str
    title: str
    subtitle: str = ""
    brand: str = ""
    category_path: tuple[str, ...] = ()
    price_fen: int | None = None
    list_price_fen: int | None = None
    attributes: dict[str, list[str]] = field(default_factory=dict)
    images: tuple[Path, ...] = ()
    sales: int = 0
    stock: int | None = None
    description: str = ""
    skus: tuple[FeedSku, ...] = ()
    notes: tuple[Note, ...] = ()
    merchant: str = OWN_SHOP
    kind: str = GOODS
    real_name: bool = False
    grams: int | None = None
    face_fen: int | None = None
    title_en: str = ""
    description_en: str = ""
    on_sale: bool = True
    description_html: str = ""
    axes: dict[str, list[str]] = field(default_factory=dict)
    barcode: str = ""
    published_from: datetime | None = None
    published_until: datetime | None = None

    @property
    def image(self) -> Path | None:
        """Return the main picture's file, None when there is none."""
        return self.images[0] if self.images else None

    @property
    def for_sale(self) -> bool:
        """Say whether it can be sold: it has a price."""
        return self.price_fen is not None


class RefusedError(Exception):
    """A row cannot be taken; `code` and `facts` say why."""

    def __init__(self, code: str, /, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)


_REASONS = {
    # The whole file.
    "not_readable": Text(zh="文件不存在或无法读取", en="the file does not exist or cannot be read"),
    "not_items": Text(
        zh="不是商品清单：没有编号列和标题列，整个文件已跳过",
        en="not a list of items: it has no id and no title; the whole file was skipped",
    ),
    "unknown_kind": Text(
        zh="只接受 .jsonl、.csv、.tsv、.xlsx 文件或文件夹",
        en="only .jsonl, .csv, .tsv, .xlsx files or a folder",
    ),
    "broken_workbook": Text(
        zh="不是可以读取的 Excel 工作簿（.xlsx，未加密）",
        en="not an Excel workbook (.xlsx, not encrypted) that can be read",
    ),
    "large_workbook": Text(
        zh="工作簿解开后过大，请去掉图片，或改用 CSV",
        en="the workbook unpacks into too much; take its pictures out, or use CSV",
    ),
    "too_many": Text(
        zh="商品和规格编号合计超过 {limit} 个，其余未读，请分成几个文件",
        en="more than {limit} items and SKU codes; the rest was not read, use several files",
    ),
    # One row.
    "broken_text": Text(
        zh="这一行不是 UTF-8 文字，请另存为 UTF-8", en="this line is not UTF-8; save the file as UTF-8"
    ),
    "broken_json": Text(zh="这一行不是完整的 JSON", en="this line is not valid JSON"),
    "broken_csv": Text(zh="这一行的列数或引号不对", en="this row has too many cells or a quote left open"),
    "broken_cell": Text(zh="单元格里是错误值（如 #REF!）", en="a cell holds an error, such as #REF!"),
    "not_an_object": Text(zh="这一行不是 JSON 对象", en="this line is not a JSON object"),
    "line_too_long": Text(zh="这一行超过 {limit} 字节", en="this line is longer than {limit} bytes"),
    "missing_id": Text(zh="没有商品编号", en="the id is missing"),
    "missing_title": Text(zh="没有标题", en="the title is missing"),
    "duplicate_id": Text(
        zh="商品编号重复，第一次出现的已采用", en="the id was seen before; the first one was taken"
    ),
    "bad_field": Text(zh="“{field}”的类型不对", en="“{field}” is of the wrong type"),
    "too_long": Text(zh="“{field}”超过 {limit} 个字", en="“{field}” is longer than {limit} characters"),
    "bad_price": Text(zh="价格不是数字", en="the price is not a number"),
    "absurd_price": Text(
        zh="价格为负、过大或不是有限的数", en="the price is negative, too large or not finite"
    ),
    "price_below_fen": Text(zh="价格小于分的部分无法保存", en="the price has parts of a fen"),
    "variant_without_product": Text(
        zh="规格行前面没有商品行", en="a variant row without a product row before it"
    ),
    "unknown_merchant": Text(
        zh="没有商家“{merchant}”，请先用 mingpu merchants add 添加",
        en="there is no merchant “{merchant}”; add it first, with mingpu merchants add",
    ),
    "bad_kind": Text(
        zh="类型“{kind}”无法识别，只能是 {kinds}", en="“{kind}” is no kind of goods; it is one of {kinds}"
    ),
    "duplicate_cell": Text(zh="两个规格的选项相同：{cell}", en="two variants have the same options: {cell}"),
    "bad_real_name": Text(zh="“实名”只能填是或否", en="real_name is yes or no"),
    "not_own_shop": Text(
        zh="充值和电子卡只能由商城自营", en="top-ups and E-cards are sold by the mall's own shop only"
    ),
    "not_yours": Text(zh="不是本店的商品", en="not goods of your shop"),
    "not_your_source": Text(
        zh="新商品的来源只能是本店编号“{merchant}”，或不填",
        en="the source of new goods is your shop's code, “{merchant}”, or blank",
    ),
    "bad_on_sale": Text(zh="“在售”只能填是或否", en="on_sale is yes or no"),
    "missing_face": Text(zh="充值和电子卡要写明面值", en="top-ups and E-cards need a face value"),
    "bad_face": Text(zh="面值无法识别", en="the face value is unreadable"),
    "bad_moment": Text(
        zh="“{field}”不是完整的日期时间，例如 2026-11-11 20:00",
        en="{field} is no date and time such as 2026-11-11 20:00",
    ),
    "ends_before_it_begins": Text(zh="下架时间不晚于上架时间", en="it would end before it begins"),
    # Taken, but.
    "no_price": Text(zh="没有价格，暂不出售", en="no price, so not for sale"),
    "zero_price": Text(zh="价格为零，暂不出售", en="the price is zero, so not for sale"),
    "missing_image": Text(zh="找不到图片 {name}", en="picture {name} was not found"),
    "image_outside": Text(
        zh="图片 {name} 不在清单旁边，未采用", en="picture {name} lies elsewhere and was left out"
    ),
    "image_remote": Text(
        zh="图片 {name} 是网址，未下载", en="picture {name} is an address and was not fetched"
    ),
    "markup_removed": Text(zh="已去掉网页标记", en="markup was removed"),
    "control_characters": Text(zh="已去掉控制字符", en="control characters were removed"),
    "shortened": Text(zh="“{field}”过长，只保留前 {limit} 个", en="“{field}” was cut to its first {limit}"),
    "bad_sales": Text(zh="销量无法识别，按 0 处理", en="the sales figure is unreadable; taken as 0"),
    "bad_stock": Text(zh="库存无法识别，未采用", en="the stock figure is unreadable and was left out"),
    "bad_weight": Text(zh="重量无法识别，未采用", en="the weight is unreadable and was left out"),
    "bad_list_price": Text(zh="划线价无法识别，未采用", en="the list price is unreadable and was left out"),
    "bad_attribute": Text(zh="有一项属性无法识别，未采用", en="an attribute is unreadable and was left out"),
    "bad_category": Text(zh="类目无法识别，未采用", en="the category is unreadable and was left out"),
    "category_cut": Text(
        zh="类目超过 {limit} 级，只保留前 {limit} 级", en="the category was cut to its first {limit} levels"
    ),
    "unknown_category": Text(
        zh="没有这个类目，已放在其上级；新类目请联系平台添加",
        en="there is no such category, so it is in the one above; ask the mall to add it",
    ),
    "own_sales": Text(
        zh="销量不由商家填写，未采用", en="how much was sold is not for the shop to say; left out"
    ),
    "bad_barcode": Text(
        zh="条码 {code} 位数或校验位不对，未采用",
        en="barcode {code} has a wrong length or check digit and was left out",
    ),
    "strange_value": Text(
        zh="“{name}”有不符合定义的值，按文字保留",
        en="“{name}” has a value that its definition does not know; kept as text",
    ),
    "incomplete_options": Text(
        zh="有规格缺少某个选项的值", en="a variant says nothing of one of the options"
    ),
    "duplicate_sku": Text(
        zh="规格编号 {code} 重复，已改名", en="SKU code {code} was used before and was renamed"
    ),
}
REASON_CODES = frozenset(_REASONS)


def reason(code: str, /, **facts: object) -> Text:
    """Return the sentence of a reason code, with its facts filled in. Raises KeyError for an unknown code."""
    text = _REASONS[code]
    return Text(zh=text.zh.format(**facts), en=text.en.format(**facts)) if facts else text


def note(code: str, /, **facts: object) -> Note:
    """Return a note with the sentence of its code."""
    return Note(code, reason(code, **facts))
