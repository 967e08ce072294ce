-- What was asked for a draw of a currency's listings, and what each was valued at without its own item.
select valuations.expected, deals.purchase_price
from lake.deals as deals
join lake.valuations as valuations using (platform, external_id)
where deals.currency = ? and valuations.basis = 'asked' and valuations.expected > 0 and deals.purchase_price > 0
order by md5(platform || external_id), platform, external_id
limit 900
