-- The books. Entries and postings are only ever added: a correction is a new entry.

-- One row per currency: the most that may stand in stock and open holds together.
CREATE TABLE capital (
    currency TEXT PRIMARY KEY,
    amount INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One row per thing that moved money.
CREATE TABLE money_transaction (
    transaction_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    platform TEXT,
    deal_id TEXT REFERENCES deal (deal_id),
    purchase_id TEXT REFERENCES purchase (purchase_id),
    inventory_id TEXT REFERENCES inventory_item (inventory_id),
    resale_id TEXT REFERENCES resale_listing (resale_id),
    sale_id TEXT REFERENCES sale (sale_id),
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL,
    fee_platform INTEGER NOT NULL,
    fee_payment INTEGER NOT NULL,
    fee_shipping INTEGER NOT NULL,
    fee_other INTEGER NOT NULL,
    net_amount INTEGER NOT NULL,
    counterparty_key TEXT,
    payment_method TEXT,
    payment_status TEXT NOT NULL,
    status TEXT NOT NULL,
    platform_transaction_id TEXT,
    tax INTEGER,
    notes TEXT,
    created_at INTEGER NOT NULL,
    completed_at INTEGER
) STRICT;
CREATE INDEX transaction_by_kind ON money_transaction (kind, created_at);
CREATE INDEX transaction_by_status ON money_transaction (status);
CREATE INDEX transaction_by_date ON money_transaction (created_at);
CREATE INDEX transaction_by_inventory ON money_transaction (inventory_id);
CREATE INDEX transaction_by_purchase ON money_transaction (purchase_id);
CREATE INDEX transaction_by_sale ON money_transaction (sale_id);
CREATE UNIQUE INDEX transaction_once ON money_transaction (platform, platform_transaction_id);

-- One row per entry; its postings sum to zero in each currency.
CREATE TABLE ledger_entry (
    entry_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    memo TEXT NOT NULL,
    transaction_id TEXT REFERENCES money_transaction (transaction_id),
    corrects TEXT REFERENCES ledger_entry (entry_id)
) STRICT;
CREATE INDEX entry_by_date ON ledger_entry (at);
CREATE INDEX entry_by_transaction ON ledger_entry (transaction_id);
CREATE UNIQUE INDEX entry_corrected_once ON ledger_entry (corrects);

-- One row per line of an entry. A positive amount is a debit.
CREATE TABLE ledger_posting (
    entry_id TEXT NOT NULL REFERENCES ledger_entry (entry_id),
    line INTEGER NOT NULL,
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (entry_id, line)
) STRICT;
CREATE INDEX posting_by_account ON ledger_posting (account, currency);

-- One row per account and currency: the sum of its postings, kept beside them.
CREATE TABLE ledger_balance (
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (account, currency)
) STRICT;
