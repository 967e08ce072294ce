-- Where there is no estimate there is a reason.
select platform, external_id
from lake.valuations
where expected is null and note is null
