-- The state of the trade: what we promised, spent and own.
--
-- Amounts are integers of minor units beside their ISO 4217 currency. Times are integers of
-- microseconds since 1970 in UTC: they sort, subtract and index the same everywhere, and no text
-- of a time ever has to be parsed. Names of records are ULIDs, unless said otherwise. Enumerated
-- words are those of the domain; the program refuses others.

-- One row: who this store is.
CREATE TABLE store (
    store_id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT;

-- One row per person on the other side. Everything personal is sealed under the person's own key;
-- when `wrapped_key` goes, nobody can read it any more, here or in what was copied before.
CREATE TABLE person (
    person_key TEXT PRIMARY KEY,                     -- keyed hash
    wrapped_key BLOB,                                -- the person's key under a key of the key folder
    key_version INTEGER,                             -- which key of the folder
    details BLOB,                                    -- sealed: name, addresses, phone
    created_at INTEGER NOT NULL,
    forgotten_at INTEGER,
    CHECK (forgotten_at IS NULL OR (wrapped_key IS NULL AND details IS NULL))
) STRICT;
CREATE INDEX person_by_key_version ON person (key_version);

-- One row per deal that was taken on.
CREATE TABLE deal (
    deal_id TEXT PRIMARY KEY,                        -- item and episode
    item_id TEXT NOT NULL,
    episode INTEGER NOT NULL,
    previous TEXT REFERENCES deal (deal_id),
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    seller_key TEXT,
    title TEXT NOT NULL,
    category TEXT NOT NULL,
    currency TEXT NOT NULL,
    ask INTEGER,
    max_price INTEGER,                               -- the decision's; absent: nothing may be offered
    priority INTEGER NOT NULL,                       -- 0 high, 1 normal, 2 low
    score REAL,                                      -- rank
    status TEXT NOT NULL,
    status_reason TEXT,
    deal TEXT,                                       -- JSON: the record as it was scored
    decision TEXT,                                   -- JSON: the record as it was decided
    discovered_at INTEGER NOT NULL,
    expires_at INTEGER,
    updated_at INTEGER NOT NULL,
    UNIQUE (item_id, episode)
) STRICT;
CREATE INDEX deal_by_status ON deal (status, priority, discovered_at);
CREATE INDEX deal_by_platform ON deal (platform, external_id);
CREATE INDEX deal_by_score ON deal (score);
CREATE INDEX deal_by_category ON deal (category);
CREATE INDEX deal_by_discovered ON deal (discovered_at);

-- One row per exchange with a seller about an item.
CREATE TABLE negotiation (
    negotiation_id TEXT PRIMARY KEY,
    deal_id TEXT NOT NULL REFERENCES deal (deal_id),
    item_id TEXT NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    thread_id TEXT,
    channel TEXT NOT NULL,
    strategy TEXT NOT NULL,
    parameters TEXT NOT NULL,                        -- JSON
    seller_key TEXT,
    currency TEXT NOT NULL,
    ask INTEGER NOT NULL,
    current_offer INTEGER,
    max_acceptable INTEGER NOT NULL,
    final_price INTEGER,
    savings INTEGER,
    follow_ups INTEGER NOT NULL,
    round_count INTEGER NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    reopens TEXT REFERENCES negotiation (negotiation_id),
    approached_at INTEGER,
    offer_expires_at INTEGER,
    response_time_s INTEGER,
    started_at INTEGER NOT NULL,
    last_activity_at INTEGER NOT NULL,
    completed_at INTEGER
) STRICT;
CREATE INDEX negotiation_by_status ON negotiation (status, last_activity_at);
CREATE INDEX negotiation_by_deal ON negotiation (deal_id);
CREATE INDEX negotiation_by_seller ON negotiation (seller_key, item_id);
CREATE INDEX negotiation_by_thread ON negotiation (channel, thread_id);
-- One seller is approached once about one item; only an answer to an ended negotiation opens another.
CREATE UNIQUE INDEX negotiation_approach_once ON negotiation (item_id, coalesce(seller_key, ''))
    WHERE approached_at IS NOT NULL AND reopens IS NULL;
CREATE UNIQUE INDEX negotiation_reopened_once ON negotiation (reopens);
-- And an item has one open negotiation at a time.
CREATE UNIQUE INDEX negotiation_open_once ON negotiation (item_id) WHERE completed_at IS NULL;

-- One row per priced offer of ours.
CREATE TABLE round (
    negotiation_id TEXT NOT NULL REFERENCES negotiation (negotiation_id),
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    our_offer INTEGER NOT NULL,
    offered_at INTEGER NOT NULL,
    message_id TEXT,
    their_offer INTEGER,
    intent TEXT,
    answered_at INTEGER,
    answer_id TEXT,
    PRIMARY KEY (negotiation_id, number)
) STRICT;

-- One row per sum set aside.
CREATE TABLE hold (
    hold_id TEXT PRIMARY KEY,
    deal_id TEXT NOT NULL REFERENCES deal (deal_id),
    negotiation_id TEXT REFERENCES negotiation (negotiation_id),
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    available_before INTEGER NOT NULL,
    available_after INTEGER NOT NULL CHECK (available_after >= 0),
    state TEXT NOT NULL,
    reason TEXT,
    spent INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    closed_at INTEGER
) STRICT;
CREATE INDEX hold_pending ON hold (currency, amount) WHERE state = 'pending';
CREATE INDEX hold_by_expiry ON hold (expires_at) WHERE state = 'pending';
CREATE INDEX hold_by_deal ON hold (deal_id);
CREATE INDEX hold_by_negotiation ON hold (negotiation_id);

-- One row per purchase. An item is being bought once at a time.
CREATE TABLE purchase (
    purchase_id TEXT PRIMARY KEY,
    deal_id TEXT NOT NULL REFERENCES deal (deal_id),
    negotiation_id TEXT REFERENCES negotiation (negotiation_id),
    item_id TEXT NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    seller_key TEXT,
    currency TEXT NOT NULL,
    price INTEGER NOT NULL,
    max_price INTEGER NOT NULL,
    landed_cost INTEGER NOT NULL,
    hold_id TEXT NOT NULL REFERENCES hold (hold_id),
    status TEXT NOT NULL,
    status_reason TEXT,
    payment_method TEXT NOT NULL,
    pickup TEXT,
    initiated_at INTEGER NOT NULL,
    paid_at INTEGER,
    received_at INTEGER,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX purchase_by_status ON purchase (status, updated_at);
CREATE INDEX purchase_by_negotiation ON purchase (negotiation_id);
CREATE UNIQUE INDEX purchase_once ON purchase (deal_id)
    WHERE status NOT IN ('failed', 'cancelled', 'refunded');

-- One row per item in our hands or on its way to us.
CREATE TABLE inventory_item (
    inventory_id TEXT PRIMARY KEY,
    sku TEXT NOT NULL UNIQUE,
    deal_id TEXT NOT NULL REFERENCES deal (deal_id),
    purchase_id TEXT NOT NULL UNIQUE REFERENCES purchase (purchase_id),
    negotiation_id TEXT REFERENCES negotiation (negotiation_id),
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    condition TEXT,
    images TEXT NOT NULL,                            -- JSON list
    processed_images TEXT NOT NULL,                  -- JSON list
    currency TEXT NOT NULL,
    purchase_price INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    purchase_platform TEXT NOT NULL,
    storage_location TEXT,
    status TEXT NOT NULL,
    inspection TEXT,                                 -- JSON
    purchased_at INTEGER NOT NULL,
    acquired_at INTEGER,
    listed_at INTEGER,
    sold_at INTEGER,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX inventory_by_status ON inventory_item (status, updated_at);
CREATE INDEX inventory_by_category ON inventory_item (category);
CREATE INDEX inventory_by_deal ON inventory_item (deal_id);

-- One row per offer of ours on a venue.
CREATE TABLE resale_listing (
    resale_id TEXT PRIMARY KEY,
    inventory_id TEXT NOT NULL REFERENCES inventory_item (inventory_id),
    platform TEXT NOT NULL,
    platform_listing_id TEXT,
    url TEXT,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    currency TEXT NOT NULL,
    price INTEGER NOT NULL,
    floor_price INTEGER NOT NULL,
    shipping_price INTEGER,
    images TEXT NOT NULL,                            -- JSON list
    status TEXT NOT NULL,
    visibility TEXT NOT NULL,
    metrics TEXT NOT NULL,                           -- JSON
    last_optimized INTEGER,
    suggested_price INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT;
CREATE INDEX resale_by_inventory ON resale_listing (inventory_id);
CREATE UNIQUE INDEX resale_by_platform ON resale_listing (platform, platform_listing_id);
CREATE INDEX resale_by_status ON resale_listing (status, updated_at);

-- One row per message. What begins with sealed_ is personal and encrypted.
CREATE TABLE message (
    message_id TEXT PRIMARY KEY,
    negotiation_id TEXT REFERENCES negotiation (negotiation_id),
    resale_id TEXT REFERENCES resale_listing (resale_id),
    channel TEXT NOT NULL,
    channel_message_id TEXT,
    direction TEXT NOT NULL,
    at INTEGER NOT NULL,
    person_key TEXT NOT NULL REFERENCES person (person_key),
    address_key TEXT,                                -- keyed hash, to hold against suppressions
    sealed_address BLOB,
    sealed_subject BLOB,
    sealed_text BLOB,
    sealed_html BLOB,
    kind TEXT NOT NULL,
    our_offer INTEGER,
    their_offer INTEGER,
    reading TEXT,                                    -- JSON, without words of the message
    sealed_words BLOB,                               -- concerns and excerpt of the reading
    status TEXT NOT NULL,
    effect_id TEXT
) STRICT;
CREATE INDEX message_by_negotiation ON message (negotiation_id, at);
CREATE INDEX message_by_resale ON message (resale_id, at);
CREATE INDEX message_by_person ON message (person_key);
CREATE INDEX message_by_address ON message (address_key) WHERE address_key IS NOT NULL;
CREATE UNIQUE INDEX message_once ON message (channel, direction, channel_message_id);

-- One row per order of a buyer.
CREATE TABLE sale (
    sale_id TEXT PRIMARY KEY,
    resale_id TEXT NOT NULL REFERENCES resale_listing (resale_id),
    inventory_id TEXT NOT NULL REFERENCES inventory_item (inventory_id),
    platform TEXT NOT NULL,
    platform_order_id TEXT NOT NULL,
    buyer_key TEXT,
    currency TEXT NOT NULL,
    price INTEGER NOT NULL,
    shipping_charged INTEGER NOT NULL,
    status TEXT NOT NULL,
    ordered_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (platform, platform_order_id)
) STRICT;
CREATE INDEX sale_by_status ON sale (status, updated_at);
CREATE INDEX sale_by_inventory ON sale (inventory_id);
CREATE INDEX sale_by_resale ON sale (resale_id);

-- One row per parcel.
CREATE TABLE shipment (
    shipment_id TEXT PRIMARY KEY,
    direction TEXT NOT NULL,
    purchase_id TEXT REFERENCES purchase (purchase_id),
    sale_id TEXT REFERENCES sale (sale_id),
    carrier TEXT,
    tracking TEXT,
    ship_by INTEGER,
    shipped_at INTEGER,
    delivered_at INTEGER
) STRICT;
CREATE INDEX shipment_by_purchase ON shipment (purchase_id);
CREATE INDEX shipment_by_sale ON shipment (sale_id);
