-- R1. One row per account and currency whose balance is not the sum of its postings.
SELECT account || ' ' || currency AS subject, 'balance less postings is ' || sum(amount) AS found
FROM (
    SELECT account, currency, amount FROM ledger_balance
    UNION ALL
    SELECT account, currency, -amount FROM ledger_posting
) AS both_sides
GROUP BY account, currency
HAVING sum(amount) <> 0
