//! Hashes of what a decision depends on, so that it can be checked by deciding again.

use autobazaaar_domain::hash::{FieldHasher, hex};
use autobazaaar_domain::{Cents, Deal, Figures, Utc};

use super::limits::Limits;
use super::portfolio::Portfolio;

/// What all decisions of one pass share: limits, portfolio, time, and every deal in order.
pub(super) fn shared(limits: &Limits, portfolio: &Portfolio, now: Utc, deals: &[[u8; 16]]) -> [u8; 16] {
    let mut hash = FieldHasher::new("decision inputs");
    // Both are plain numbers under ordered text keys: writing them as JSON cannot fail.
    hash.optional(serde_json::to_string(&limits.config).ok().as_deref());
    hash.optional(serde_json::to_string(portfolio).ok().as_deref());
    hash.number(Some(now.timestamp_micros()));
    for deal in deals {
        hash.bytes(deal);
    }
    hash.finish()
}

/// The hash of one decision: what is shared and its own deal.
pub(super) fn of_decision(shared: &[u8; 16], deal: &[u8; 16]) -> String {
    let mut hash = FieldHasher::new("decision");
    hash.bytes(shared).bytes(deal);
    hex(&hash.finish())
}

/// Everything of a deal that a decision reads.
pub(super) fn of_deal(deal: &Deal) -> [u8; 16] {
    let mut bytes = Bytes(Vec::with_capacity(640));
    bytes.text(deal.key.platform.as_str()).text(&deal.key.external_id).text(&deal.category);
    bytes.text(deal.currency.as_str()).text(deal.status.as_str());
    bytes.0.extend(deal.item_id.0);
    bytes.number(i64::from(deal.episode)).number(i64::from(deal.comp_count)).real(deal.demand_score);
    bytes.text(deal.seller_key.as_deref().unwrap_or("\u{0}"));
    bytes.text(deal.seller_kind.map_or("\u{0}", |kind| kind.as_str()));
    bytes.number(deal.expires_at.map_or(i64::MIN, |end| end.timestamp_micros()));
    bytes.real(deal.risk.score).number(deal.risk.factors.len() as i64);
    for factor in &deal.risk.factors {
        bytes.text(factor.code.as_str()).real(factor.addition);
    }
    bytes.number(deal.status_reason.len() as i64);
    for reason in &deal.status_reason {
        bytes.text(reason.code.as_str()).text(reason.detail.as_deref().unwrap_or("\u{0}"));
    }
    if let Some(figures) = &deal.figures {
        bytes.figures(figures);
    }
    let mut hash = FieldHasher::new("deal");
    hash.bytes(&bytes.0);
    hash.finish()
}

/// Fields one after the other, texts with their length: one hash update instead of a hundred.
struct Bytes(Vec<u8>);

impl Bytes {
    fn text(&mut self, text: &str) -> &mut Self {
        self.0.extend((text.len() as u64).to_le_bytes());
        self.0.extend(text.as_bytes());
        self
    }

    fn number(&mut self, number: i64) -> &mut Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    fn real(&mut self, number: f64) -> &mut Self {
        self.0.extend(number.to_bits().to_le_bytes());
        self
    }

    fn amounts(&mut self, amounts: &[Cents]) -> &mut Self {
        for amount in amounts {
            self.number(amount.0);
        }
        self
    }

    fn figures(&mut self, figures: &Figures) {
        let (costs, route, plan) = (&figures.costs, &figures.route, &figures.plan);
        self.amounts(&figures.value.0).real(figures.ask_to_sale);
        self.amounts(figures.given_ask.as_ref().map_or(&[], |given| &given.0));
        self.amounts(&[figures.purchase_price, costs.inbound_shipping, costs.travel, costs.time]);
        self.real(costs.tax_rate).amounts(&[figures.estimated_sale_price, figures.proceeds.net]);
        self.amounts(&[figures.risk_charge, plan.expected_net]).real(plan.expected_days);
        self.real(figures.base_risk).real(figures.profit_margin);
        self.text(&route.fee.name).text(route.fee.kind.as_str());
        self.amounts(&[route.shipping_charged, route.shipping_cost, route.handling]);
        self.real(route.buyer_tax_rate)
            .real(route.return_rate)
            .real(route.return_loss)
            .real(route.refurbishing);
        self.amounts(&[route.fee.minimum, route.fee.fixed]).number(route.fee.payment_ppm);
        self.number(route.fee.base.len() as i64);
        for part in &route.fee.base {
            self.text(part.as_str());
        }
        for tier in &route.fee.tiers {
            self.number(tier.ppm).number(tier.up_to.map_or(i64::MAX, |end| end.0));
        }
        for fee in &route.fee.order_fee {
            self.amounts(&[fee.fee]).number(fee.up_to.map_or(i64::MAX, |end| end.0));
        }
    }
}
