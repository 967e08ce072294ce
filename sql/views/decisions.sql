-- One row per deal, as of the newest run: action, highest price, reasons.
create or replace view decisions as
select * replace (lower(hex(item_id)) as item_id)
from lake.decisions;
