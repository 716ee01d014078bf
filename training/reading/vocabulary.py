"""The words retailers use for their columns, in seven languages.

A name is folded (case, accents, punctuation, camelCase) before it is looked up, so
each word stands here once. Rank 0 is the best word for a role; where several
columns answer to one role, the lowest rank wins.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

DATE, STORE, ITEM, UNITS, MONEY = "date", "store_id", "item_id", "units", "money"
PRICE, PROMO, OPEN, CLOSED, STOCK = "price", "promo", "open", "closed", "stock"
DOCUMENT, LINE, STATUS, TIME, CUSTOMER = "document", "line", "status", "time", "customer"
YEAR, MONTH, DAY, WEEK = "year", "month", "day", "week"

_ID_TAILS: Final = (
    "id|no|nr|n|nbr|num|number|code|key|nummer|numero|codigo|codice|cod|kode|ident|identifier|index|ref|sk|pk"
)

_WORDS: Final[dict[str, tuple[str, ...]]] = {
    # role: one string a rank, words divided by |
    DATE: (
        "date|datum|fecha|data|ds|sale date|sales date|date of sale|business date|trading date|day date"
        "|verkaufsdatum|fecha venta|fecha de venta|data venda|data da venda|data vendita|data di vendita|date vente"
        "|date de vente|verkoopdatum|dt|transaction date|trans date|trx date|tran date|invoice date|receipt date"
        "|bill date|belegdatum|rechnungsdatum|buchungsdatum|fecha factura|data fattura|data fatura|date facture"
        "|factuurdatum|bondatum|kassendatum|purchase date|ticket date|datum verkauf|dat|dia fecha|calendar date"
        "|date time|datetime|timestamp|date heure|fecha hora|data hora|data ora|datum uhrzeit|datum zeit|sold at|sold on"
        "|transaction datetime|transaction time stamp|transaction timestamp|invoice datetime|invoice timestamp"
        "|date transaction|date operation|jour de vente|date ticket|fecha ticket|date key|date id|full date|the date",
        "order date|orderdate|order datetime|order timestamp|order purchase timestamp|bestelldatum|auftragsdatum"
        "|fecha pedido|fecha de pedido|data pedido|data do pedido|data ordine|date commande|date de commande|besteldatum"
        "|order time|created at|created|createdat|posting date|period|periode|periodo|reporting date|date reported",
        "day|tag|dia|jour|giorno|dag|week ending|week end date|week ending date|week start|week start date|week date"
        "|week beginning|woche ab|semana|settimana|semaine|week|woche|kw|kalenderwoche|week of|wk|year week|yearweek"
        "|month|monat|mes|mois|mese|maand|month year|year month|yearmonth|mes ano|ano mes|mes año|annee mois|anno mese"
        "|month start|jahr monat|monat jahr|mm yyyy|yyyy mm|iso week|calendar week|ww|uke|time period|travel date",
        "ship date|shipping date|shipment date|delivery date|lieferdatum|due date|payment date|fecha envio|data consegna",
    ),
    STORE: (
        "store|shop|branch|outlet|filiale|filial|markt|laden|geschaft|verkaufsstelle|betrieb|tienda|sucursal|magasin|boutique"
        "|point de vente|pdv|loja|filial loja|negozio|punto vendita|winkel|filiaal|vestiging|pos|point of sale|store location"
        "|standort|almacen|local|punto de venta|ponto de venda|store loc|retail store|supermarket|establishment|site"
        "|etablissement|agence|succursale|unidade|cod loja|store nbr|kostenstelle|vkst",
        "location|warehouse|lager|depot|dc|plant|werk|entrepot|magazzino|magazijn|deposito|place|shop location|cinema",
        "store name|shop name|branch name|outlet name|filialname|nombre tienda|nom magasin|nome loja|nome negozio"
        "|winkelnaam|store label|location name|store city|nom du magasin|nombre de tienda|nome da loja",
    ),
    ITEM: (
        "item|sku|product|article|artikel|produkt|producto|articulo|produit|produto|artigo|prodotto|articolo"
        "|stock code|plu|upc|ean|gtin|asin|barcode|strichcode|codigo barras|codigo de barras|code barre|code barres"
        "|material|materialnummer|artikelnummer|artikelnr|art|artnr|warennummer|sachnummer|ref|referencia|reference"
        "|codart|codigo producto|codigo articulo|code article|code produit|codigo produto|codice articolo|product sku"
        "|item sku|sku code|ean code|ean13|artikelcode|productcode|itemcode|productid|itemid|pizza|medicine|drug|sku item|style",
        "product name|item name|article name|item description|product description|description|bezeichnung|artikelbezeichnung"
        "|artikelname|produktname|produktbezeichnung|nombre producto|nombre del producto|nombre articulo|descripcion"
        "|designation|libelle|libelle article|nom produit|nom du produit|nome produto|nome do produto|descricao"
        "|nome prodotto|descrizione|omschrijving|productnaam|artikelnaam|artikelomschrijving|denominacion|product title"
        "|item title|desc|title|name|nombre|nom|nome|naam|pizza name|coffee name|drug name|menu item|dish|produktbeschreibung",
        "family|product family|department|dept|dept id|warengruppe|product group|item group|subcategory|sub category"
        "|product line|product category|item category|category|kategorie|categoria|categorie|famiglia|familia|famille"
        "|rayon|reparto|abteilung|seccion|sortiment|artikelgruppe|productgroep|productcategorie|product type|item type"
        "|product class|group|gruppe|model|brand|marke|marca|marque|merk|variety|produktgruppe|categoria producto",
    ),
    UNITS: (
        "units sold|unit sales|units|qty|qty sold|quantity|quantity sold|sold quantity|sold qty|sales quantity|sales qty"
        "|sales units|sale qty|sales volume|volume sold|items sold|pieces sold|menge|verkaufte menge|verkaufsmenge|stuck"
        "|stueck|stk|stuckzahl|stueckzahl|absatzmenge|absatz|anzahl|anz|verkaufte stuck|verkaufte stueck|absatz stuck"
        "|cantidad|cant|unidades|uds|unidades vendidas|cantidad vendida|cantidades|quantite|qte|quantites|quantite vendue"
        "|qte vendue|nb vendus|nombre vendu|unites|unites vendues|quantidade|qtd|qtde|quant|quantidade vendida|qtd vendida"
        "|quantita|qta|qt a|quantita venduta|qta venduta|pezzi|pezzi venduti|pz|aantal|aantal verkocht|hoeveelheid|stuks"
        "|verkochte aantal|verkochte stuks|unidades venda|number sold|num sold|sold|sold units|sales in units|pcs|pieces"
        "|sales pcs|unit sold|unit|item quantity|product quantity|order quantity sold|total units|total units sold"
        "|total quantity|total qty|verkauf stuck|verkauf stueck|units per day|daily units|quantity kilo|quantity sold kilo"
        "|invoiced quantity|quantity invoiced|item count|item cnt day|item cnt|piezas|unidades totales|sales count|unitssold"
        "|fakturierte menge|billed quantity|qnt|qnty|quantities|copies sold|tickets sold|packs sold|cases sold|bottles sold",
        "quantity ordered|ordered quantity|order quantity|order qty|qty ordered|units ordered|ordered units|bestellmenge"
        "|cantidad pedida|quantite commandee|quantita ordinata|besteld aantal|quantidade pedida|shipped quantity"
        "|quantity shipped|units shipped|delivered quantity|liefermenge|order item quantity|volume|transaction qty",
    ),
    "sales": (
        "sales|sale|demand|y|value|target|ventes|ventas|venta|vendas|venda|vendite|verkoop|verkopen|verkauf|verkaufe|verkaufe"
        "|daily sales|weekly sales|monthly sales|item sales|store sales|nachfrage|demanda|demande|domanda|vraag|wert|valeur"
        "|actual|actuals|actual sales|actual demand|consumption|verbrauch|vendido|vendidos|vendu|vendus|venduto|verkocht"
        "|verkauft|order demand|total sales|sales value|orders|num orders|trips|passengers|customers count|quantity demanded",
    ),
    MONEY: (
        "revenue|revenues|sales revenue|total revenue|amount|sales amount|net amount|gross amount|total amount|line amount"
        "|line total|total price|net|gross|net sales|gross sales|turnover|total|umsatz|nettoumsatz|bruttoumsatz|umsatz eur"
        "|umsatz netto|umsatz brutto|erlos|erloes|betrag|summe|gesamtpreis|gesamtbetrag|importe|importe total|monto|ingresos"
        "|facturacion|total venta|venta total|montant|montant total|montant ttc|montant ht|chiffre d affaires|ca|ca ttc|ca ht"
        "|chiffre affaires|recette|receita|faturamento|valor|valor total|valor venda|total venda|fatturato|importo|ricavo"
        "|ricavi|incasso|totale|omzet|bedrag|totaal|totaalbedrag|sales usd|sales eur|total sales amount|sales total|spend"
        "|sales value usd|sales dollars|dollar sales|extended price|ext price|subtotal|gmv|income|money|ingreso|line value"
        "|sales amt|amt|net revenue|gross revenue|total eur|total usd|netto|brutto|nettobetrag|bruttobetrag|warenwert",
    ),
    PRICE: (
        "price|unit price|unitprice|sell price|selling price|sale price|sales price|retail price|price each|price per unit"
        "|item price|product price|price unit|preis|einzelpreis|stuckpreis|stueckpreis|verkaufspreis|vk|vk preis|precio"
        "|precio unitario|precio venta|precio de venta|pvp|prix|prix unitaire|prix de vente|pu|preco|preco unitario|preco venda"
        "|preco de venda|valor unitario|prezzo|prezzo unitario|prezzo di vendita|prijs|stukprijs|eenheidsprijs|verkoopprijs"
        "|avg price|average price|base price|list price|unit cost price|price usd|price eur|unit selling price rmb kg|unit value",
    ),
    PROMO: (
        "promo|promotion|onpromotion|on promotion|is promo|is promotion|promo flag|promotion flag|promoted|in promo|has promo"
        "|aktion|aktionspreis aktiv|werbeaktion|werbung|promocion|oferta|en promocion|en promo|promocao|em promocao"
        "|promozione|in promozione|offerta|actie|in actie|aanbieding|promotie|holiday promotion|promotions|promo active",
    ),
    OPEN: (
        "open|is open|store open|opened|geoffnet|geoeffnet|offen|abierto|ouvert|ouverte|aberto|aberta|aperto|geopend"
        "|open flag|shop open",
    ),
    CLOSED: (
        "closed|is closed|store closed|geschlossen|cerrado|ferme|fermee|fechado|fechada|chiuso|gesloten|closed flag",
    ),
    STOCK: (
        "stock|inventory|inventory level|on hand|stock on hand|qty on hand|quantity on hand|soh|stock level|stock qty"
        "|bestand|lagerbestand|warenbestand|existencias|inventario|stock final|en stock|estoque|giacenza|scorte|voorraad"
        "|closing stock|ending inventory|units on hand|stock quantity|inventory on hand|available stock",
    ),
    DOCUMENT: (
        "invoice|invoiceno|invoice number|order|order id|transaction|transaction id|trans|trx|tran|receipt|bill|ticket|basket"
        "|beleg|belegnr|belegnummer|bon|bonnr|bonnummer|kassenbon|kassenbonnr|rechnung|rechnungsnummer|rechnungsnr|auftrag"
        "|auftragsnummer|bestellung|bestellnummer|factura|pedido|ticket id|venta id|id venta|facture|commande|fatura|nota fiscal"
        "|nota|cupom|cupom fiscal|fattura|scontrino|ordine|bestelling|factuur|factuurnummer|bestelnummer|kassabon|basket id"
        "|household basket|transaction no|document|doc|voucher|session id|num ticket|numero ticket|no facture|num facture"
        "|numero factura|n factura|numero fattura|numero pedido|numero nota|numero commande|sale id|sales id|sales order",
    ),
    LINE: (
        "line|line no|line number|line item|line id|row|row id|row number|position|pos nr|posnr|pos no|linea|ligne|linha"
        "|riga|regel|regelnummer|zeile|zeilennummer|unnamed 0|record id|order line|order item id|item line|sequence|seq|lfd nr"
        "|invoice line|detail id|order details id|order detail id",
    ),
    STATUS: (
        "status|order status|state of order|transaction status|estado|estado pedido|statut|etat|stato|sale status"
        "|invoice status|cancelled|canceled|is cancelled|is canceled|storniert|storno|anulado|cancelado|annule|annullato"
        "|geannuleerd|void|voided|bestellstatus|auftragsstatus|situacao|shipping status|courier status",
    ),
    TIME: (
        "time|uhrzeit|zeit|hora|heure|ora|tijd|time of day|sale time|transaction time|hour minute|tijdstip|order hour",
    ),
    CUSTOMER: (
        "customer|customer id|customer no|customer name|cust|cust id|client|client id|kunde|kundennummer|kundennr|kunden nr"
        "|cliente|cliente id|id cliente|klant|klantnummer|user id|household|household id|household key|member id|card no",
    ),
    YEAR: ("year|jahr|ano|anio|annee|anno|jaar|yr|yyyy|an|fiscal year|order year|iso year",),
    MONTH: ("month|monat|mes|mois|mese|maand|mm|month number|month no|month num|order month|mth",),
    DAY: ("day|tag|dia|jour|giorno|dag|day of month|dd|order day",),
    WEEK: ("week|woche|kw|kalenderwoche|semana|semaine|settimana|week no|week number|week nr|iso week|wk|weeknum",),
}  # fmt: skip

_NOUNS: Final = {  # roles whose words may carry "id", "no", "code", ... before or after
    STORE: _WORDS[STORE][0],
    ITEM: _WORDS[ITEM][0],
    DOCUMENT: _WORDS[DOCUMENT][0],
    CUSTOMER: _WORDS[CUSTOMER][0],
}

CALENDAR: Final = frozenset(
    ["year", "jahr", "ano", "annee", "anno", "jaar", "month", "monat", "mes", "mois", "mese", "maand", "week", "woche", "semana", "semaine", "settimana", "day", "tag", "dia", "jour", "giorno", "dag", "weekday", "wochentag", "quarter", "quartal", "trimestre", "trimestre", "kwartaal", "hour", "stunde", "hora", "heure", "ora", "uur", "minute", "dow", "season", "weekend", "doy", "wday", "wk", "yr", "weekdays", "weeknum", "daynum", "monthnum", "index"]
)
KNOWN_AHEAD: Final = frozenset(
    ["holiday", "holidays", "feiertag", "feiertage", "ferien", "festivo", "ferie", "feriado", "festivita", "feestdag", "vacances", "schulferien", "schoolholiday", "event", "events", "evento", "snap", "temperature", "temp", "temperatura", "weather", "wetter", "meteo", "rain", "regen", "sun", "humidity", "wind", "markdown", "discount", "rabatt", "descuento", "remise", "desconto", "sconto", "korting", "promo", "promotion", "promotions", "onpromotion", "aktion", "price", "preis", "precio", "prix", "preco", "prezzo", "prijs", "open", "closed", "cpi", "unemployment", "fuel", "oil", "advert", "advertising", "campaign", "kampagne", "campagne", "feature", "display", "flyer", "coupon", "competitor", "precipitation", "snow", "bank", "school", "isholiday", "campaign", "sale"]
)
TOTAL_WORDS: Final = frozenset(
    ["total", "totals", "totale", "totaal", "totaux", "totales", "totais", "gesamt", "gesamtsumme", "summe", "zwischensumme", "gesamtergebnis", "subtotal", "subtotals", "subtotaal", "subtotale", "subtotales", "suma", "soma", "somma", "summa", "endsumme", "eindtotaal", "ergebnis", "tagessumme", "monatssumme", "totalgeral", "insgesamt", "sum"]
)
TOTAL_PREFIXES: Final = frozenset(
    ["grand", "sub", "sous", "overall", "general", "geral", "generale", "day", "daily", "net", "report", "running", "column", "row"]
)
CLOSED_WORDS: Final = frozenset(
    ["closed", "geschlossen", "zu", "ruhetag", "cerrado", "cerrada", "ferme", "fermee", "fechado", "fechada", "chiuso", "chiusa", "gesloten", "dicht"]
)
MISSING_WORDS: Final = (
    "", "-", "--", "---", "–", "—", "n/a", "na", "#n/a", "#na", "null", "nan", "none", "nil", "k.a.", "k. a.", "s/d",
    "nd", "n.d.", "n.a.", "?", ".", "#value!", "#ref!", "#div/0!", "#name?", "<na>", "nat", "missing", "\\n",
)  # fmt: skip
CANCELLED_WORDS: Final = frozenset(
    ["cancelled", "canceled", "cancel", "cancellation", "storniert", "storno", "storniert", "annule", "annulee", "cancelado", "cancelada", "anulado", "anulada", "annullato", "annullata", "geannuleerd", "void", "voided", "abgebrochen", "cancele", "annulliert"]
)
TRUE_WORDS: Final = (
    "true",
    "yes",
    "y",
    "ja",
    "j",
    "si",
    "sí",
    "oui",
    "sim",
    "vrai",
    "wahr",
    "t",
    "verdadero",
    "vero",
    "x",
    "on",
)
FALSE_WORDS: Final = ("false", "no", "n", "nein", "non", "nao", "não", "faux", "falsch", "f", "falso", "nee", "off")


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """``InvoiceNo.`` -> ``invoice no``; ``Stückzahl`` -> ``stuckzahl``."""
    name = name.replace("ß", "ss").replace("º", "o").replace("№", " no ")
    name = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])", " ", name)
    name = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", plain.casefold()))


def snake(name: str) -> str:
    """Column name of a covariate: ``SchoolHoliday`` -> ``school_holiday``."""
    return fold(name).replace(" ", "_") or "column"


def _table() -> dict[str, list[tuple[str, int]]]:
    table: dict[str, list[tuple[str, int]]] = {}
    for role, ranks in _WORDS.items():
        for rank, words in enumerate(ranks):
            for word in words.split("|"):
                table.setdefault(word, []).append((role, rank))
    return table


_TABLE: Final = _table()
_TAILED: Final = {role: frozenset(words.split("|")) for role, words in _NOUNS.items()}
_COMPOUND: Final = re.compile(r"(?:nummer|nr|code|kode|id|kennung|schlussel|schluessel|no)$")  # filialnummer, winkelnr
_TAIL: Final = re.compile(rf"^(?:(?:{_ID_TAILS})\s+)?(.*?)(?:\s+(?:{_ID_TAILS}))?$")


@lru_cache(maxsize=4096)
def roles_of(name: str) -> tuple[tuple[str, int], ...]:
    """Roles a column name may stand for, with ranks; best first.

    Tried in turn: the whole name, the name without what stands in brackets, and for ids the
    noun with ``id``, ``no``, ``code`` and the like taken away.
    """
    found: dict[str, int] = {}
    short = fold(re.sub(r"[\(\[].*?[\)\]]", " ", name))
    for text in dict.fromkeys((fold(name), short)):
        for role, rank in _TABLE.get(text, ()):
            found.setdefault(role, rank)
        squeezed = text.replace(" ", "")
        for role, rank in _TABLE.get(squeezed, ()):
            found.setdefault(role, rank)
        noun = _TAIL.sub(r"\1", text).removeprefix("de ").removeprefix("do ").removeprefix("da ")
        for role, nouns in _TAILED.items():
            if (noun != text and noun in nouns) or (
                _COMPOUND.sub("", text) != text and _COMPOUND.sub("", text) in nouns
            ):
                found.setdefault(role, 0)
    return tuple(sorted(found.items(), key=lambda entry: entry[1]))
