-- R2. One row per purchase whose hold does not fit its state: a paid one's is posted with at least the
-- price, an open one's is not given back, and no hold serves two purchases that go on.
SELECT p.purchase_id AS subject, p.status || ' with a hold that is ' || h.state AS found
FROM purchase p
JOIN hold h ON h.hold_id = p.hold_id
WHERE (p.status IN ('paid', 'received', 'refunded') AND (h.state <> 'posted' OR h.spent < p.price))
    OR (p.status IN ('paying', 'uncertain') AND h.state NOT IN ('pending', 'posted'))
UNION ALL
SELECT hold_id, count(*) || ' purchases on one hold'
FROM purchase
WHERE status NOT IN ('failed', 'cancelled')
GROUP BY hold_id
HAVING count(*) > 1
