//! Everything behind one line of the ledger.

use autobazaaar_domain::ids::NegotiationId;
use autobazaaar_domain::ledger::{LedgerEntry, Transaction};
use autobazaaar_domain::{Cents, Currency, Money, Utc};
use autobazaaar_store::{Reader, StoreError, TrackedDeal};
use serde_json::{Value as Json, json};

use super::super::output::{Cell, Column, Table};
use super::super::{CliError, Context, OutputFormat};

/// Everything behind a line: sections of name and value, in the order of the goods' way.
pub(super) struct Explained(Vec<(&'static str, Vec<(String, Json)>)>);

/// Gathers it.
///
/// # Errors
/// The store cannot be read.
pub(super) async fn explain(reader: &mut Reader<'_>, entry: &LedgerEntry) -> Result<Explained, StoreError> {
    let mut told = Explained(vec![("entry", of_entry(entry))]);
    let Some(id) = entry.transaction_id else { return Ok(told) };
    let Some(moved) = reader.transaction(id).await? else { return Ok(told) };
    told.0.push(("what moved the money", of_transaction(&moved)));
    let mut subjects = vec![entry.entry_id.to_string(), moved.transaction_id.to_string()];
    let sale = match moved.sale_id {
        Some(id) => reader.sale(id).await?,
        None => None,
    };
    let item = match (moved.inventory_id.or(sale.as_ref().map(|sale| sale.inventory_id)), moved.purchase_id) {
        (Some(id), _) => reader.item(id).await?,
        (None, Some(purchase)) => reader.item_of(purchase).await?,
        (None, None) => None,
    };
    let purchase = match moved.purchase_id.or(item.as_ref().map(|item| item.purchase_id)) {
        Some(id) => reader.purchase(id).await?,
        None => None,
    };
    if let Some(purchase) = &purchase {
        subjects.push(purchase.purchase_id.to_string());
        if let Some(deal) = reader.deal(purchase.deal_id).await? {
            told.0.push(("deal", of_deal(&deal)));
        }
        if let Some(talk) = purchase.negotiation_id {
            subjects.push(talk.to_string());
            told.0.push(("talks", of_talks(reader, talk).await?));
        }
        let money = |amount| text(money(amount, purchase.currency));
        told.0.push((
            "purchase",
            vec![
                ("id".to_owned(), text(purchase.purchase_id)),
                ("listing".to_owned(), text(&purchase.key)),
                ("price".to_owned(), money(purchase.price)),
                ("at most".to_owned(), money(purchase.max_price)),
                ("with costs".to_owned(), money(purchase.landed_cost)),
                ("state".to_owned(), text(purchase.status)),
                ("paid".to_owned(), when(purchase.paid_at)),
                ("received".to_owned(), when(purchase.received_at)),
            ],
        ));
        if let Some(hold) = reader.hold(purchase.hold_id).await? {
            told.0.push((
                "hold",
                vec![
                    ("amount".to_owned(), money(hold.amount)),
                    ("free before".to_owned(), money(hold.available_before)),
                    ("state".to_owned(), text(hold.state)),
                    ("spent".to_owned(), hold.spent.map_or(Json::Null, money)),
                ],
            ));
        }
    }
    if let Some(item) = &item {
        subjects.push(item.inventory_id.to_string());
        told.0.push((
            "item",
            vec![
                ("number".to_owned(), text(&item.sku)),
                ("title".to_owned(), text(&item.title)),
                ("category".to_owned(), text(&item.category)),
                ("condition".to_owned(), item.condition.map_or(Json::Null, |found| text(found.as_str()))),
                ("cost".to_owned(), text(money(item.cost, item.currency))),
                ("state".to_owned(), text(item.status)),
            ],
        ));
    }
    if let Some(sale) = &sale {
        subjects.push(sale.sale_id.to_string());
        subjects.push(sale.resale_id.to_string());
        if let Some(offer) = reader.resale(sale.resale_id).await? {
            told.0.push((
                "our offer",
                vec![
                    ("venue".to_owned(), text(&offer.platform)),
                    ("title".to_owned(), text(&offer.title)),
                    ("last ask".to_owned(), text(money(offer.price, offer.currency))),
                    ("floor".to_owned(), text(money(offer.floor_price, offer.currency))),
                    ("since".to_owned(), when(Some(offer.created_at))),
                ],
            ));
        }
        told.0.push((
            "sale",
            vec![
                ("order".to_owned(), text(format!("{}:{}", sale.platform, sale.platform_order_id))),
                ("price".to_owned(), text(money(sale.price, sale.currency))),
                ("for sending".to_owned(), text(money(sale.shipping_charged, sale.currency))),
                ("state".to_owned(), text(sale.status)),
                ("ordered".to_owned(), when(Some(sale.ordered_at))),
            ],
        ));
    }
    told.0.push(("acts outside", acts(reader, &subjects).await?));
    told.0.push(("what happened", events(reader, &subjects).await?));
    told.0.retain(|(_, rows)| !rows.is_empty());
    Ok(told)
}

fn of_entry(entry: &LedgerEntry) -> Vec<(String, Json)> {
    let mut rows = vec![
        ("id".to_owned(), text(entry.entry_id)),
        ("when".to_owned(), when(Some(entry.at))),
        ("what".to_owned(), text(&entry.memo)),
    ];
    if let Some(wrong) = entry.corrects {
        rows.push(("corrects".to_owned(), text(wrong)));
    }
    for line in entry.postings.lines() {
        let side = if line.amount.amount.0 < 0 { "credit" } else { "debit" };
        let name = format!("{side} {}", line.account.as_str().replace('_', " "));
        rows.push((name, text(Money { amount: Cents(line.amount.amount.0.abs()), ..line.amount })));
    }
    rows
}

fn of_transaction(moved: &Transaction) -> Vec<(String, Json)> {
    let currency = moved.currency;
    let mut rows = vec![
        ("id".to_owned(), text(moved.transaction_id)),
        ("kind".to_owned(), text(format!("{}, {}", moved.kind, moved.category))),
        ("amount".to_owned(), text(money(moved.amount, currency))),
    ];
    let fees = [
        ("venue's fee", moved.fees.platform),
        ("payment fee", moved.fees.payment),
        ("label", moved.fees.shipping),
        ("other fees", moved.fees.other),
    ];
    let taken = fees.into_iter().filter(|(_, fee)| fee.0 != 0);
    rows.extend(taken.map(|(name, fee)| (name.to_owned(), text(money(fee, currency)))));
    if let Some(platform) = &moved.platform {
        rows.push(("venue".to_owned(), text(platform)));
    }
    if let Some(number) = &moved.platform_transaction_id {
        rows.push(("the venue's number".to_owned(), text(number)));
    }
    rows
}

fn of_deal(deal: &TrackedDeal) -> Vec<(String, Json)> {
    let money = |amount| text(money(amount, deal.currency));
    let figures = deal.deal.as_ref().and_then(|scored| scored.figures.as_ref());
    let mut rows = vec![
        ("id".to_owned(), text(deal.deal_id)),
        ("listing".to_owned(), text(&deal.key)),
        ("asked".to_owned(), deal.ask.map_or(Json::Null, money)),
        ("at most".to_owned(), deal.max_price.map_or(Json::Null, money)),
        ("expected sale".to_owned(), figures.map_or(Json::Null, |f| money(f.estimated_sale_price))),
        ("expected profit".to_owned(), figures.map_or(Json::Null, |f| money(f.net_profit))),
    ];
    let reasons = deal.decision.iter().flat_map(|decision| &decision.reasons);
    rows.extend(reasons.map(|reason| ("because".to_owned(), text(reason))));
    rows
}

async fn of_talks(reader: &mut Reader<'_>, id: NegotiationId) -> Result<Vec<(String, Json)>, StoreError> {
    let Some(talk) = reader.negotiation(id).await? else { return Ok(Vec::new()) };
    let money = |amount| money(amount, talk.currency);
    let mut rows = vec![
        ("id".to_owned(), text(talk.negotiation_id)),
        ("strategy".to_owned(), text(talk.strategy)),
        ("asked".to_owned(), text(money(talk.ask))),
    ];
    for round in reader.rounds(id).await? {
        let answer = match (round.intent, round.their_offer) {
            (None, None) => "no answer".to_owned(),
            (intent, offer) => {
                let intent = intent.map(|intent| intent.to_string()).unwrap_or_default();
                format!("{intent} {}", offer.map(money).unwrap_or_default()).trim().to_owned()
            }
        };
        rows.push((
            format!("round {}", round.number),
            text(format!("{} → {answer}", money(round.our_offer))),
        ));
    }
    rows.push(("agreed".to_owned(), talk.final_price.map_or(Json::Null, |price| text(money(price)))));
    Ok(rows)
}

async fn acts(reader: &mut Reader<'_>, subjects: &[String]) -> Result<Vec<(String, Json)>, StoreError> {
    let mut effects = Vec::new();
    for subject in subjects {
        effects.extend(reader.effects_of(subject).await?);
    }
    effects.sort_by_key(|effect| effect.effect_id);
    let row = |effect: &autobazaaar_domain::effect::Effect| {
        let at = effect.settled_at.or(effect.sent_at).unwrap_or(effect.created_at);
        let said = format!("{} by {}: {} ({})", effect.kind, effect.target, effect.state, effect.effect_id);
        (at.format("%Y-%m-%d %H:%M").to_string(), text(said))
    };
    Ok(effects.iter().map(row).collect())
}

async fn events(reader: &mut Reader<'_>, subjects: &[String]) -> Result<Vec<(String, Json)>, StoreError> {
    let mut events = Vec::new();
    for subject in subjects {
        events.extend(reader.events_of(subject).await?);
    }
    events.sort_by_key(|event| event.sequence);
    let row = |event: &autobazaaar_domain::event::Event| {
        let change = match (event.data.get("from"), event.data.get("to")) {
            (Some(from), Some(to)) if from.is_string() && to.is_string() => {
                format!(": {} → {}", from.as_str().unwrap_or(""), to.as_str().unwrap_or(""))
            }
            _ => String::new(),
        };
        (
            event.at.format("%Y-%m-%d %H:%M").to_string(),
            text(format!("{}{change}, by {}", event.kind, event.source)),
        )
    };
    Ok(events.iter().map(row).collect())
}

impl Explained {
    pub(super) fn print(&self, context: &Context<'_>) -> Result<(), CliError> {
        match context.out.format() {
            OutputFormat::Json => context.out.print(&serde_json::to_string_pretty(&self.json())?),
            OutputFormat::Csv | OutputFormat::Toml => context.out.table(&self.table()),
            OutputFormat::Table => self.lines().try_for_each(|line| context.out.print(&line)),
        }
    }

    fn json(&self) -> Json {
        let section = |(name, rows): &(&str, Vec<(String, Json)>)| {
            let rows: Vec<Json> =
                rows.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
            json!({ "about": name, "facts": rows })
        };
        Json::Array(self.0.iter().map(section).collect())
    }

    fn table(&self) -> Table {
        let mut table = Table::new([
            Column::text("about", "about"),
            Column::text("name", "name"),
            Column::text("value", "value"),
        ]);
        for (about, rows) in &self.0 {
            for (name, value) in rows {
                table.push([Cell::text(*about), Cell::text(name), Cell::text(shown(value))]);
            }
        }
        table
    }

    fn lines(&self) -> impl Iterator<Item = String> + '_ {
        let section = |(about, rows): &(&'static str, Vec<(String, Json)>)| {
            let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
            let mut lines = vec![format!("{about}:")];
            lines.extend(rows.iter().map(|(name, value)| format!("  {name:<width$}  {}", shown(value))));
            lines.push(String::new());
            lines
        };
        self.0.iter().flat_map(section)
    }
}

fn text(value: impl ToString) -> Json {
    Json::String(value.to_string())
}

fn when(at: Option<Utc>) -> Json {
    at.map_or(Json::Null, |at| text(at.format("%Y-%m-%d %H:%M")))
}

fn money(amount: Cents, currency: Currency) -> String {
    Money { amount, currency }.to_string()
}

fn shown(value: &Json) -> String {
    value.as_str().map_or_else(|| "–".to_owned(), str::to_owned)
}
