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
    "hungarian": "Dátum;Üzlet;Cikkszám;Megnevezés;Mennyiség;Bruttó érték",
    "romanian": "Data;Magazin;Cod produs;Denumire produs;Cantitate;Valoare",
    "croatian": "Datum;Poslovnica;Šifra artikla;Naziv artikla;Količina;Iznos",
    "slovak": "Dátum;Predajňa;Kód tovaru;Názov tovaru;Množstvo;Tržba",
    "serbian": "Датум;Продавница;Шифра;Назив;Количина;Износ",
    "ukrainian": "Дата;Крамниця;Код товару;Назва;Кількість;Сума",
    "estonian": "Kuupäev;Kauplus;Kaubakood;Kauba nimetus;Kogus;Summa",
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
     ("czech", "cp1250"),
     ("thai", "cp874")],
)  # fmt: skip
def test_words_of_the_header_prove_the_encoding_of_their_script(read: Read, language: str, encoding: str) -> None:
    reading = read(HEADERS[language] + "\n2024-03-13;S1;0012;Mug;5;50,00\n", encoding=encoding)
    assert rows(reading) == [("2024-03-13", "S1", "0012", 5.0)]
    assert f"read as {encoding}, which names '" in note(reading.verdict, Reason.ENCODING_FALLBACK).sentence


def test_states_in_other_scripts_call_orders_off(read: Read) -> None:
    text = "订单编号,下单时间,标题,价格,购买数量,商家编码,订单状态\n1,2024-03-13 10:00:00,杯子,10,2,A,交易成功\n"
    assert rows(read(f"{text}2,2024-03-14 10:00:00,杯子,10,1,A,交易关闭\n"), "units") == [(2.0,)]


def test_a_number_under_an_unknown_word_of_another_script_may_be_the_quantity(read: Read) -> None:
    text = "receipt,date,sku,რაოდენობა\n1,2024-03-13,A,2\n2,2024-03-14,A,1\n"
    assert "'რაოდენობა' may be the quantity of each line" in read(text).verdict.sentence
    assert rows(read(text, columns={"units": "რაოდენობა"}), "units") == [(2.0,), (1.0,)]


def test_months_in_turkish_are_months_in_columns_and_cells(read: Read) -> None:
    names = [
        "Oca",
        "Şubat",
        "Mart",
        "Nisan",
        "May\u0131s",
        "Haz",
        "Temmuz",
        "Ağustos",
        "Eylül",
        "Ekim",
        "Kas",
        "Aral\u0131k",
    ]
    text = "Ürün;" + ";".join(f"{name}.24" for name in names) + "\nSüt;" + ";".join(map(str, range(1, 13))) + "\n"
    found = [(f"2024-{month:02d}-01", "Süt", float(month)) for month in range(1, 13)]
    assert rows(read(text), "date", "item_id", "units") == found
    assert rows(read(text, encoding="cp1254"), "date", "item_id", "units") == found
    cells = "".join(f"{14 - month} {name} 2024;Süt;{month}\n" for month, name in enumerate(names, start=1))
    assert rows(read(f"Tarih;Ürün;Adet\n{cells}"), "date")[7] == ("2024-08-06",)
    tills = "Sales 2024,,\nDate,Kas 1,Kas 2\n2024-03-13,1,2\n2024-03-14,3,4\n"
    assert rows(read(tills), "date", "item_id")[:2] == [("2024-03-13", "Kas 1"), ("2024-03-13", "Kas 2")]
    columns = "Y\u0131l;Ay;Ürün;Sat\u0131ş Adedi\n2024;Şubat;Süt;5\n2024;Aral\u0131k;Süt;6\n"
    assert rows(read(columns), "date") == [("2024-02-01",), ("2024-12-01",)]


@pytest.mark.parametrize("month", ["listopad", "listopada", "lis"])
def test_a_month_of_another_number_in_another_language_is_told_by_the_others_or_refused(read: Read, month: str) -> None:
    text = f"date,item,qty\n3. {month} 2023,A,5\n4. {month} 2023,A,6\n"
    sentence = read(text).verdict.sentence
    assert (
        f"The month of '3. {month} 2023' (line 2) is October in Croatian and November in Polish and Czech" in sentence
    )
    assert "'%d %b %Y' where it is November, '%d %b %Y (Croatian)' where it is October" in sentence
    wanted, croatian = ([(f"2023-{number}-03", 5.0), (f"2023-{number}-04", 6.0)] for number in (11, 10))
    assert rows(read(text, date_format="%d %b %Y"), "date", "units") == wanted
    assert rows(read(text, date_format="%d %b %Y (Croatian)"), "date", "units") == croatian
    told = read(f"{text}1. grudnia 2023,A,7\n")
    assert rows(told, "date", "units") == [*wanted, ("2023-12-01", 7.0)]
    told = read(f"{text}1. studenoga 2023.,A,7\n")
    assert rows(told, "date", "units") == [*croatian, ("2023-11-01", 7.0)]
    assert rows(read(text.replace("item,qty", "produkt,ilość")), "date", "units") == wanted
    assert rows(read(text.replace("item,qty", "artikl,količina")), "date", "units") == croatian


def test_croatian_months_are_read_in_cells_in_columns_and_beside_a_year(read: Read) -> None:
    text = "siječanj veljača ožujak travanj svibanj lipanj srpanj kolovoz rujan listopad studeni prosinac"
    names = text.split()
    found = [(f"2024-{month:02d}-01", "Kruh", float(month)) for month in range(1, 13)]
    wide = f"Prodaja 2024\nArtikl;{';'.join(names)}\nKruh;{';'.join(map(str, range(1, 13)))}\n"
    assert rows(read(wide), "date", "item_id", "units") == found
    cells = "".join(f"{name} 2024;Kruh;{month}\n" for month, name in enumerate(names, start=1))
    assert rows(read(f"mjesec;artikl;količina\n{cells}"), "date", "item_id", "units") == found
    beside = "".join(f"2024;{name};Kruh;{month}\n" for month, name in enumerate(names, start=1))
    assert rows(read(f"godina;mjesec;artikl;količina\n{beside}"), "date", "item_id", "units") == found


def test_the_month_of_a_title_is_that_of_its_language_or_of_none(read: Read) -> None:
    days = f"\nItem,{','.join(map(str, range(1, 31)))}\nA{',1' * 30}\n"
    assert rows(read(f"Sprzedaż listopad 2024{days}"), "date")[0] == ("2024-11-01",)
    assert rows(read(f"Prodaja listopad 2024{days}"), "date")[0] == ("2024-10-01",)
    assert "are days of a month" in read(f"Listopad 2024{days}").verdict.sentence


@pytest.mark.parametrize(
    "days",
    ["4. januar 2024|5. marec 2024|6. avgust 2024|7. oktobra 2024", "4 ene 2024|5 març 2024|6 agost 2024|7 oct 2024",
     "4 января 2024|5 марта 2024|6 августа 2024|7 окт 2024",
     "4. tammikuuta 2024|5. maaliskuuta 2024|6. elokuuta 2024|7. lokakuuta 2024",
     "04/01-2024|05/03-2024|6/8-2024|7/10-2024"],
)  # fmt: skip
def test_days_are_read_as_neighbours_write_them(read: Read, days: str) -> None:
    text = "date;item;qty\n" + "".join(f"{day};A;1\n" for day in days.split("|"))
    assert rows(read(text), "date") == [("2024-01-04",), ("2024-03-05",), ("2024-08-06",), ("2024-10-07",)]


def test_a_time_of_day_may_stand_before_its_day_or_bear_the_hours_of_its_zone(read: Read) -> None:
    day = "2024-05-06 23:30:00"
    for written in (f"{day}+00", f"{day}.5+00", f"{day}-05", '"11:38 PM, May 6 2024"', "23:38 06.05.2024"):
        text = f"date,item,qty\n{written},A,3\n{written.replace('06', '17').replace('6 ', '17 ')},A,4\n"
        assert rows(read(text), "date", "units") == [("2024-05-06", 3.0), ("2024-05-17", 4.0)], written
