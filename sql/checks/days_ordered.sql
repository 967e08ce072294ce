-- Days until a sale do not run backwards, and are there for whatever has an estimate.
select platform, external_id
from lake.valuations
where (selling_version is not null and expected is not null and days_to_sell is null)
    or not (0 <= days_to_sell_low and days_to_sell_low <= days_to_sell and days_to_sell <= days_to_sell_high)
