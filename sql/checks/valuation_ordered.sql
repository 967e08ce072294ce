-- A distribution does not decrease, and its middle is what is expected.
select platform, external_id
from lake.valuations
where expected is not null
    and not (
        q05 <= q10 and q10 <= q25 and q25 <= q50 and q50 <= q75 and q75 <= q90 and q90 <= q95
        and expected = q50 and low = q10 and high = q90 and q05 >= 0
    )
