//! What the market alone knows of what was chosen: how far estimates were from the truth, and what
//! was wrong with it. For the closing report; nothing here comes back into a decision.

use autobazaaar_bazaar::Junk;
use autobazaaar_bazaar::live::Hidden;
use autobazaaar_domain::Deal;
use serde::Serialize;

/// Estimates beside the truth, over some deals. Shares are 0–1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Chosen {
    pub deals: u64,
    /// Median of estimated sale price ÷ true value, the ask not heard yet.
    pub estimate_to_truth: f64,
    /// The same, given the ask.
    pub given_ask_to_truth: f64,
    /// Median of ask ÷ true value.
    pub ask_to_truth: f64,
    /// True values inside the 80 % interval given the ask.
    pub covered: f64,
    /// What would be a loss at its true value, when bought at the ask.
    pub losing: f64,
    /// No honest whole thing: accessories, wrecks, instalments.
    pub junk: f64,
    pub fraud: f64,
}

/// One deal beside the truth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beside {
    estimate: f64,
    given: f64,
    ask: f64,
    covered: bool,
    losing: bool,
    junk: bool,
    fraud: bool,
}

/// A scored deal beside the hidden facts; `None` for one without figures or value.
pub(super) fn beside(deal: &Deal, hidden: &Hidden) -> Option<Beside> {
    let figures = deal.figures.as_ref()?;
    let truth = hidden.value.0.max(1) as f64;
    let sale = figures.sale_distribution()?;
    let net = figures.route.proceeds(hidden.value).net;
    Some(Beside {
        estimate: figures.usual_sale_price().0 as f64 / truth,
        given: figures.estimated_sale_price.0 as f64 / truth,
        ask: figures.purchase_price.0 as f64 / truth,
        covered: hidden.value >= sale.quantile(0.1) && hidden.value <= sale.quantile(0.9),
        losing: net < figures.landed_cost,
        junk: hidden.junk.is_some_and(|junk| junk != Junk::Free),
        fraud: hidden.scam,
    })
}

/// The sum over some.
pub(super) fn sum_up(all: &[Beside]) -> Chosen {
    let share = |of: &dyn Fn(&Beside) -> bool| {
        all.iter().filter(|one| of(one)).count() as f64 / all.len().max(1) as f64
    };
    Chosen {
        deals: all.len() as u64,
        estimate_to_truth: median(all.iter().map(|one| one.estimate)),
        given_ask_to_truth: median(all.iter().map(|one| one.given)),
        ask_to_truth: median(all.iter().map(|one| one.ask)),
        covered: share(&|one| one.covered),
        losing: share(&|one| one.losing),
        junk: share(&|one| one.junk),
        fraud: share(&|one| one.fraud),
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
