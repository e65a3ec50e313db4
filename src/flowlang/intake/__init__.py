"""DATA FROM OUTSIDE → TYPED ROWS: contacts, events, coupon codes and Robinson lists.

Bytes become text (`decoding`), text becomes rows (`table` for CSV, `objects` for JSON, `column`
for lists), and each row becomes either a typed value or a `Problem` that says where and why.
Nothing here knows a store: who calls applies what was read.
"""
