from tests.factories import make_person, make_product, place, stock_of

def test_smoke():
    buyer, sku = make_person(), make_product(stock=5)
    placed = place(buyer, {sku: 2})
    assert stock_of(sku) == 3
    print(placed)
