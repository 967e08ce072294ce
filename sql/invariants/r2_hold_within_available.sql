-- R2. One row per hold that took more than was available, or of which more was spent than held without
-- anybody being told: what a venue charged beyond a hold is gone, and never passes in silence.
SELECT hold_id AS subject,
    amount || ' of ' || available_before || ' available, ' || coalesce(spent, 0) || ' spent' AS found
FROM hold
WHERE amount <= 0 OR amount > available_before OR available_after <> available_before - amount
    OR (spent IS NOT NULL) <> (state = 'posted')
    OR (coalesce(spent, 0) > amount
        AND NOT EXISTS (SELECT 1 FROM alert WHERE related_kind = 'hold' AND related_id = hold_id))
