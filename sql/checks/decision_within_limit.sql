-- What is to be bought or negotiated has a highest price, and one item is bought once.
select lower(hex(item_id)) as item_id, count(*) as times
from lake.decisions
where action in ('buy', 'negotiate')
group by item_id
having count(*) > 1 or bool_or(max_price is null or max_price <= 0)
