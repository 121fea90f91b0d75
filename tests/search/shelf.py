"""A small catalogue of our own to search in."""

from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from mingpu.search.index import TantivyIndex
from mingpu.search.rules import Document, SearchPage, SearchQuery


def document(title: str, **fields: Any) -> Document:
    """A product with an id of its own, unless one is given."""
    return Document(**({"product_id": str(uuid4()), "title": title} | fields))


def id_of(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


# nickname: title, brand, category, price in fen, sold, listed at, attributes, SKU codes
ROWS = {
    "kettle": (
        "细口手冲咖啡壶600ml",
        "山泉",
        ("居家", "咖啡具"),
        129_00,
        40,
        10,
        "材质 304不锈钢",
        ("KT-600A",),
    ),
    "grinder": ("手摇咖啡磨豆机", "山泉", ("居家", "咖啡具"), 259_00, 90, 30, "刀盘 陶瓷", ("GR-1",)),
    "phone": (
        "星河R50手机 8GB+128GB 雪山白",
        "Xinghe/星河",
        ("数码", "手机"),
        2999_00,
        500,
        50,
        "屏幕 6.5英寸",
        (),
    ),
    "case": ("星河R50手机壳 液态硅胶", "Xinghe/星河", ("数码", "手机配件"), 39_00, 800, 40, "颜色 雾蓝", ()),
    "buds": ("蓝牙耳机 主动降噪 入耳式", "Xinghe/星河", ("数码", "耳机"), 399_00, 300, 20, "续航 30小时", ()),
    "cream": ("保湿面霜50g", "棠梨", ("美妆", "面部/护肤"), 88_00, 60, 60, "肤质 干性", ()),
    "mask": ("玻尿酸面膜10片", "棠梨", ("美妆", "面部/护肤"), 59_00, 700, 5, "功效 补水 保湿", ()),
    "sheet": ("纯棉四件套 1.8米床", "", ("居家", "床品"), None, 0, 70, "材质 纯棉", ()),
    "boots": ("Waterproof hiking boots", "Ridge", (), 459_00, 10, 80, "size 42", ()),
    "tea": ("明前龙井茶250g", "湖畔", ("食品",), 168_00, 120, 15, "产地 杭州", ()),
}


def goods() -> list[Document]:
    """Ten products whose ids are `id_of` their nickname; the sheets have no price, the tea is sold out."""
    return [
        Document(
            product_id=id_of(name),
            title=title,
            brand=brand,
            category=category,
            attributes_text=more,
            price_fen=price,
            in_stock=name not in {"sheet", "tea"},
            sales=sales,
            listed_at=listed_at,
            skus=skus,
        )
        for name, (title, brand, category, price, sales, listed_at, more, skus) in ROWS.items()
    ]


NAMES = {id_of(name): name for name in ROWS}


def filled(path: Path) -> TantivyIndex:
    index = TantivyIndex(path)
    index.rebuild(goods())
    return index


def found(index: TantivyIndex, q: str = "", **fields: Any) -> list[str]:
    """The nicknames of the hits, in order."""
    return names(index.search(SearchQuery(q=q, **fields)))


def names(page: SearchPage) -> list[str]:
    return [NAMES[product_id] for product_id in page.product_ids]
