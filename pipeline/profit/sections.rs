//! The parts of the page, in the order in which the owner asks.

mod course;
mod goods;
mod groups;
mod talks;

use super::data::Profit;
use crate::report::parts::Section;

/// Every part that has something to say.
pub(super) fn all(profit: &Profit) -> Vec<Section> {
    let mut parts = vec![course::whence(profit), course::over_time(profit)];
    parts.push(goods::sold(profit));
    parts.push(goods::in_hand(profit));
    parts.push(groups::groups(profit));
    parts.push(goods::predicted(profit));
    parts.push(talks::funnel(profit));
    parts.push(talks::services(profit));
    parts
}
