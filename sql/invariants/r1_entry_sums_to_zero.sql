-- R1. One row per entry and currency whose postings do not sum to zero, or that has none.
SELECT e.entry_id AS subject, coalesce(p.currency, 'no postings') || ' sums to ' || coalesce(sum(p.amount), 0) AS found
FROM ledger_entry e
LEFT JOIN ledger_posting p ON p.entry_id = e.entry_id
GROUP BY e.entry_id, p.currency
HAVING coalesce(sum(p.amount), 1) <> 0
