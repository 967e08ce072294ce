//! What was measured, row by row, for anyone to check.

use autobazaaar_domain::valuation::LEVELS;

use super::Measured;

/// The rows as CSV: one per listing that was valued; prices in major units. Where there is no
/// estimate, `expected` is the median of the category, which is what the figures count, and
/// `answered` is 0.
///
/// # Errors
/// None that is known: the table is in memory.
pub fn as_csv(measured: &[Measured]) -> Result<Vec<u8>, csv::Error> {
    let mut lines = csv::Writer::from_writer(Vec::new());
    let head = ["basis", "currency", "platform", "external_id", "category", "fresh", "price", "answered"];
    let levels = LEVELS.map(|level| format!("q{:02.0}", level * 100.0));
    let tail = ["expected", "low", "high", "comp_count", "underpriced"];
    lines.write_record(head.into_iter().chain(levels.iter().map(String::as_str)).chain(tail))?;
    for part in measured {
        for line in &part.lines {
            let quantiles = line.prediction.quantiles;
            let decimal = |number: f64| format!("{number:.2}");
            let at = |i: usize| quantiles.map_or_else(String::new, |q| decimal(q[i]));
            let mut record = vec![
                part.basis.to_string(),
                part.currency.to_string(),
                line.platform.clone(),
                line.external_id.clone(),
                line.category.clone(),
                line.fresh.map_or("", |fresh| if fresh { "1" } else { "0" }).to_owned(),
                decimal(line.price),
                u8::from(quantiles.is_some()).to_string(),
            ];
            record.extend((0..LEVELS.len()).map(at));
            let underpriced = line.prediction.underpriced(line.price);
            record.extend([
                decimal(quantiles.map_or(line.fallback, |q| q[3])),
                at(1),
                at(5),
                line.prediction.comp_count.to_string(),
                underpriced.map_or_else(String::new, |score| format!("{score:.4}")),
            ]);
            lines.write_record(&record)?;
        }
    }
    lines.into_inner().map_err(|error| error.into_error().into())
}
