"""Headers in the languages beside the main ones, and in other scripts."""

import pytest

from core.contracts.verdict import Reason
from tests.unit.reading.conftest import Read, note, rows
from training.reading.vocabulary import fold

HEADERS = {
    "polish": "Data;Nr sklepu;Kod towaru;Nazwa towaru;Ilość;Wartość brutto",
    "swedish": "Datum;Butik;Artikelnr;Benämning;Antal sålda;Försäljning",
    "danish": "Dato;Butik;Varenr;Varenavn;Antal solgt;Beløb",
    "finnish": "Pvm;Myymälä;Tuote;Tuotenimi;Myynti kpl;Myynti eur",
    "czech": "Datum;Prodejna;Kód zboží;Název zboží;Prodané množství;Tržba",
    "turkish": "Tarih;Mağaza Kodu;Stok Kodu;Stok Ad\u0131;Sat\u0131ş Miktar\u0131;Tutar",
    "dutch": "Verkoopdatum;Winkelnummer;Artikelnummer;Omschrijving;Verkochte hoeveelheid;Omzet",
    "russian": "Дата;Магазин;Артикул;Наименование;Количество;Сумма",
    "greek": "Ημερομηνία;Κατάστημα;Κωδικός;Περιγραφή;Ποσότητα;Αξία",
    "arabic": "التاريخ;الفرع;رمز الصنف;اسم الصنف;الكمية;المبلغ",
    "hebrew": "תאריך;סניף;מקט;שם פריט;כמות;סכום",
    "chinese": "销售日期;门店;商品编码;商品名称;销售数量;销售金额",
    "japanese": "日付;店舗;商品コード;商品名;数量;金額",
    "korean": "날짜;매장;상품코드;상품명;수량;금액",
    "thai": "วันที่;สาขา;รหัสสินค้า;ชื่อสินค้า;จำนวน;ยอดขาย",
    "vietnamese": "Ngày bán;Chi nhánh;Mã hàng;Tên hàng;Số lượng;Thành tiền",
    "indonesian": "Tanggal;Toko;Kode Barang;Nama Barang;Jumlah Terjual;Harga",
}


@pytest.mark.parametrize("language", HEADERS)
def test_the_plainest_words_of_further_languages_are_known(read: Read, language: str) -> None:
    reading = read(HEADERS[language] + "\n2024-03-13;S1;0012;Mug;5;50,00\n2024-03-14;S1;0012;Mug;6;60,00\n")
    assert rows(reading) == [("2024-03-13", "S1", "0012", 5.0), ("2024-03-14", "S1", "0012", 6.0)]


@pytest.mark.parametrize("code", ["PZN", "CIP13", "NDC", "ISBN", "Codice Minsan"])
def test_the_codes_of_medicines_and_books_are_items_beside_their_names(read: Read, code: str) -> None:
    reading = read(f"Date,{code},Description,Qty\n2024-03-13,0123,IBU 400,3\n2024-03-14,0123,IBU 400,2\n")
    assert rows(reading, "item_id", "units") == [("0123", 3.0), ("0123", 2.0)]


@pytest.mark.parametrize(
    ("name", "folded"),
    [("Beløb", "belob"), ("Ad\u0131", "adi"), ("Wartość całkowita", "wartosc calkowita"), ("Đơn giá", "don gia")],
)
def test_letters_that_are_none_with_a_mark_are_folded_too(name: str, folded: str) -> None:
    assert fold(name) == folded


@pytest.mark.parametrize(
    ("language", "encoding"),
    [("russian", "cp1251"), ("russian", "koi8_r"), ("chinese", "gb18030"), ("japanese", "cp932"), ("korean", "cp949"),
     ("greek", "cp1253"), ("arabic", "cp1256"), ("hebrew", "cp1255"), ("turkish", "cp1254"), ("polish", "cp1250"),
     ("thai", "cp874")],
)  # fmt: skip
def test_words_of_the_header_prove_the_encoding_of_their_script(read: Read, language: str, encoding: str) -> None:
    reading = read(HEADERS[language] + "\n2024-03-13;S1;0012;Mug;5;50,00\n", encoding=encoding)
    assert rows(reading) == [("2024-03-13", "S1", "0012", 5.0)]
    assert f"read as {encoding}, which names '" in note(reading.verdict, Reason.ENCODING_FALLBACK).sentence
