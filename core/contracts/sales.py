"""The sales row: columns, their order and what they mean.

==========  =======  =====================================================
column      type     meaning
==========  =======  =====================================================
date        Date     the store's own day; a Monday for W, a first for M
store_id    String   as written, outer white space trimmed
item_id     String   as written, outer white space trimmed
units       Float64  net of returns; null only where ``open`` is false
price       Float64  optional, unit-weighted mean of the day
promo       Float64  optional, 1 on promotion
open        Boolean  optional, false on days the store was closed
stock       Float64  optional, units on hand at the day's end
==========  =======  =====================================================

Any further column is a covariate. Stored rows also carry their source.
"""

from typing import Final

DATE: Final = "date"
STORE: Final = "store_id"
ITEM: Final = "item_id"
UNITS: Final = "units"
SERIES: Final = (STORE, ITEM)
KEY: Final = (DATE, STORE, ITEM)
STOCK: Final = "stock"
OPTIONAL: Final = ("price", "promo", "open", STOCK)
NO_ID: Final = "all"
"""Store or item id where the file has no such column."""

SOURCE_KEY: Final = "_source_key"
SOURCE_VERSION: Final = "_source_version"
SOURCE_LINE: Final = "_source_line"
SOURCE_TIME: Final = "_source_time"
SOURCE: Final = (SOURCE_KEY, SOURCE_VERSION, SOURCE_LINE, SOURCE_TIME)
"""Where a stored row came from: object key, version id, physical line (Int64), time of that version."""

MODEL_TIER: Final = "model"
COLD_START_TIER: Final = "cold_start"
