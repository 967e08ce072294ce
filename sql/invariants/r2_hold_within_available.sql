-- R2. One row per hold that took more than was available, or of which more was spent than held.
SELECT hold_id AS subject,
    amount || ' of ' || available_before || ' available, ' || coalesce(spent, 0) || ' spent' AS found
FROM hold
WHERE amount <= 0 OR amount > available_before OR available_after <> available_before - amount
    OR coalesce(spent, 0) > amount OR (spent IS NOT NULL) <> (state = 'posted')
