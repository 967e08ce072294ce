//! Which record stands in which table.

use autobazaaar_domain::decision::Strategy;
use autobazaaar_domain::due::{Due, DueState, FailureCode};
use autobazaaar_domain::effect::{Effect, EffectKind, EffectState};
use autobazaaar_domain::ids::*;
use autobazaaar_domain::inventory::{Inspection, InventoryItem, InventoryStatus, ProcessedImage};
use autobazaaar_domain::ledger::{
    FeeLines, Hold, HoldState, PaymentStatus, Transaction, TransactionCategory, TransactionKind,
    TransactionStatus,
};
use autobazaaar_domain::memory::{Memory, MemoryKind};
use autobazaaar_domain::message::{Direction, MessageKind, MessageStatus};
use autobazaaar_domain::negotiation::{Channel, Negotiation, NegotiationStatus};
use autobazaaar_domain::owner::{
    Alert, AlertKind, AlertStatus, Approval, ApprovalKind, ApprovalStatus, Setting, Severity, Suppression,
    SuppressionReason,
};
use autobazaaar_domain::purchase::{Purchase, PurchaseStatus};
use autobazaaar_domain::resale::{
    Reception, ResaleListing, ResaleStatus, Sale, SaleStatus, Shipment, ShipmentDirection, Visibility,
};
use autobazaaar_domain::{
    Cents, Condition, Currency, Deal, DealStatus, Decision, ItemId, ListingKey, Money, Platform, Priority,
    Utc,
};
use serde_json::Value as Json;

use crate::deals::TrackedDeal;
use crate::messages::MessageRow;
use crate::people::PersonRow;
use crate::record::record;

record!(Negotiation, "negotiation", "negotiation": negotiation_id, deal_id: DealId, item_id: ItemId, key: ListingKey, thread_id: Option<String>, channel: Channel, strategy: Strategy, parameters: Json, seller_key: Option<String>, currency: Currency, ask: Cents, current_offer: Option<Cents>, max_acceptable: Cents, final_price: Option<Cents>, savings: Option<Cents>, follow_ups: u32, round_count: u32, status: NegotiationStatus, status_reason: Option<String>, reopens: Option<NegotiationId>, approached_at: Option<Utc>, offer_expires_at: Option<Utc>, response_time_s: Option<i64>, started_at: Utc, last_activity_at: Utc, completed_at: Option<Utc>; NegotiationId);
record!(Purchase, "purchase", "purchase": purchase_id, deal_id: DealId, negotiation_id: Option<NegotiationId>, item_id: ItemId, key: ListingKey, seller_key: Option<String>, currency: Currency, price: Cents, max_price: Cents, landed_cost: Cents, hold_id: HoldId, status: PurchaseStatus, status_reason: Option<String>, payment_method: String, pickup: Option<String>, initiated_at: Utc, paid_at: Option<Utc>, received_at: Option<Utc>, updated_at: Utc; PurchaseId);
record!(InventoryItem, "inventory_item", "inventory item": inventory_id, sku: String, deal_id: DealId, purchase_id: PurchaseId, negotiation_id: Option<NegotiationId>, title: String, description: String, category: String, condition: Option<Condition>, images: Vec<String>, processed_images: Vec<ProcessedImage>, currency: Currency, purchase_price: Cents, cost: Cents, purchase_platform: Platform, storage_location: Option<String>, status: InventoryStatus, inspection: Option<Inspection>, purchased_at: Utc, acquired_at: Option<Utc>, listed_at: Option<Utc>, sold_at: Option<Utc>, updated_at: Utc; InventoryId);
record!(ResaleListing, "resale_listing", "resale listing": resale_id, inventory_id: InventoryId, platform: Platform, platform_listing_id: Option<String>, url: Option<String>, title: String, description: String, currency: Currency, price: Cents, floor_price: Cents, shipping_price: Option<Cents>, images: Vec<String>, status: ResaleStatus, visibility: Visibility, metrics: Reception, last_optimized: Option<Utc>, suggested_price: Option<Cents>, created_at: Utc, updated_at: Utc, expires_at: Option<Utc>; ResaleId);
record!(Sale, "sale", "sale": sale_id, resale_id: ResaleId, inventory_id: InventoryId, platform: Platform, platform_order_id: String, buyer_key: Option<String>, currency: Currency, price: Cents, shipping_charged: Cents, status: SaleStatus, ordered_at: Utc, updated_at: Utc; SaleId);
record!(Shipment, "shipment", "shipment": shipment_id, direction: ShipmentDirection, purchase_id: Option<PurchaseId>, sale_id: Option<SaleId>, carrier: Option<String>, tracking: Option<String>, ship_by: Option<Utc>, shipped_at: Option<Utc>, delivered_at: Option<Utc>; ShipmentId);
record!(Hold, "hold", "hold": hold_id, deal_id: DealId, negotiation_id: Option<NegotiationId>, currency: Currency, amount: Cents, available_before: Cents, available_after: Cents, state: HoldState, reason: Option<String>, spent: Option<Cents>, created_at: Utc, expires_at: Option<Utc>, closed_at: Option<Utc>; HoldId);
record!(Transaction, "money_transaction", "transaction": transaction_id, kind: TransactionKind, category: TransactionCategory, platform: Option<Platform>, deal_id: Option<DealId>, purchase_id: Option<PurchaseId>, inventory_id: Option<InventoryId>, resale_id: Option<ResaleId>, sale_id: Option<SaleId>, currency: Currency, amount: Cents, fees: FeeLines, net_amount: Cents, counterparty_key: Option<String>, payment_method: Option<String>, payment_status: PaymentStatus, status: TransactionStatus, platform_transaction_id: Option<String>, tax: Option<Cents>, notes: Option<String>, created_at: Utc, completed_at: Option<Utc>; TransactionId);
record!(Effect, "effect", "effect": effect_id, kind: EffectKind, target: String, subject: String, priority: Priority, payload: Json, spends: Option<Money>, address_key: Option<String>, state: EffectState, attempts: u32, not_before: Utc, created_at: Utc, sent_at: Option<Utc>, settled_at: Option<Utc>, result: Option<Json>, error: Option<String>; EffectId);
record!(Due, "due", "job": due_id, kind: String, subject: String, due_at: Utc, priority: Priority, state: DueState, attempts: u32, max_attempts: u32, payload: Option<Json>, last_error: Option<String>, failure: Option<FailureCode>, worker: Option<String>, lease_until: Option<Utc>, created_at: Utc, finished_at: Option<Utc>; DueId);
record!(Approval, "approval", "approval": approval_id, kind: ApprovalKind, subject: String, amount: Option<Money>, reason: String, status: ApprovalStatus, requested_at: Utc, expires_at: Option<Utc>, decided_at: Option<Utc>, decided_by: Option<String>, note: Option<String>; ApprovalId);
record!(Suppression, "suppression", "suppression": address_key, reason: SuppressionReason, at: Utc, added_by: String; String);
record!(Setting, "setting", "setting": key, value: Json, category: String, updated_at: Utc, updated_by: String; String);
record!(Alert, "alert", "alert": alert_id, kind: AlertKind, severity: Severity, title: String, message: String, context: Option<Json>, related_kind: Option<String>, related_id: Option<String>, status: AlertStatus, acknowledged_at: Option<Utc>, acknowledged_by: Option<String>, suggested_action: Option<String>, action_taken: Option<String>, created_at: Utc, resolved_at: Option<Utc>; AlertId);
record!(Memory, "memory", "memory": memory_id, kind: MemoryKind, category: String, key: String, data: Json, embedding: Option<Vec<f32>>, confidence: f64, source: String, access_count: u32, last_accessed: Option<Utc>, created_at: Utc, updated_at: Utc, expires_at: Option<Utc>; MemoryId);
record!(TrackedDeal, "deal", "deal": deal_id, item_id: ItemId, episode: u32, previous: Option<DealId>, key: ListingKey, seller_key: Option<String>, title: String, category: String, currency: Currency, ask: Option<Cents>, max_price: Option<Cents>, priority: Priority, score: Option<f64>, status: DealStatus, status_reason: Option<String>, deal: Option<Deal>, decision: Option<Decision>, discovered_at: Utc, expires_at: Option<Utc>, updated_at: Utc; DealId);
record!(MessageRow, "message", "message": message_id, negotiation_id: Option<NegotiationId>, resale_id: Option<ResaleId>, channel: Channel, channel_message_id: Option<String>, direction: Direction, at: Utc, person_key: String, address_key: Option<String>, sealed_address: Option<Vec<u8>>, sealed_subject: Option<Vec<u8>>, sealed_text: Option<Vec<u8>>, sealed_html: Option<Vec<u8>>, kind: MessageKind, our_offer: Option<Cents>, their_offer: Option<Cents>, reading: Option<Json>, sealed_words: Option<Vec<u8>>, status: MessageStatus, effect_id: Option<EffectId>; MessageId);
record!(PersonRow, "person", "person": person_key, wrapped_key: Option<Vec<u8>>, key_version: Option<u32>, details: Option<Vec<u8>>, created_at: Utc, forgotten_at: Option<Utc>; String);
