//! Rows as aligned columns of bounded width.

use std::borrow::Cow;

use super::super::text::{cut, plain, width};
use super::{Cell, Column, Table, Tone};

const GAP: &str = "  ";

/// Narrowest that a text column gets before whole columns are left out.
const LEAST: usize = 8;

/// The table as text. Text columns give way, the widest first; where that is not enough, columns
/// are left out from the right, and a last line says so.
pub(super) fn render(table: &Table, max_width: usize, color: bool) -> String {
    let natural = natural_widths(table);
    let widths = fit(&table.columns, &natural, max_width);
    let mut text = String::new();
    let titles =
        table.columns.iter().map(|column| (Cow::Borrowed(column.title.as_ref()), Tone::Muted)).collect();
    line(&table.columns, &widths, titles, color, &mut text);
    for row in &table.rows {
        let cells = row.iter().map(|cell| (plain(&cell.shown), cell.tone)).collect();
        line(&table.columns, &widths, cells, color, &mut text);
    }
    let hidden: Vec<&str> =
        table.columns[widths.len()..].iter().map(|column| column.title.as_ref()).collect();
    if !hidden.is_empty() {
        text.push_str(&format!("(not shown: {}; see --format json or csv)\n", hidden.join(", ")));
    }
    text
}

fn natural_widths(table: &Table) -> Vec<usize> {
    let cell = |cell: &Cell| width(&plain(&cell.shown));
    let widest = |i: usize| table.rows.iter().map(|row| cell(&row[i])).max().unwrap_or(0);
    table.columns.iter().enumerate().map(|(i, column)| widest(i).max(width(&column.title))).collect()
}

/// Widths of the columns that fit, from the left.
fn fit(columns: &[Column], natural: &[usize], max_width: usize) -> Vec<usize> {
    let mut widths = natural.to_vec();
    while total(&widths) > max_width {
        let over = total(&widths) - max_width;
        let texts = (0..widths.len()).filter(|i| !columns[*i].numeric && widths[*i] > LEAST);
        match texts.max_by_key(|i| widths[*i]) {
            Some(widest) => {
                widths[widest] = widths[widest].saturating_sub(over).max(next_below(columns, &widths, widest))
            }
            None if widths.len() > 1 => widths = natural[..widths.len() - 1].to_vec(),
            None => return vec![widths[0].min(max_width)],
        }
    }
    widths
}

/// How far the widest column may shrink at once: to the second widest text, then column by
/// column, so that two long texts share what there is.
fn next_below(columns: &[Column], widths: &[usize], widest: usize) -> usize {
    let others = (0..widths.len()).filter(|i| *i != widest && !columns[*i].numeric).map(|i| widths[i]);
    let second = others.max().unwrap_or(0).max(LEAST);
    if second < widths[widest] { second } else { widths[widest] - 1 }
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1)
}

fn line(
    columns: &[Column],
    widths: &[usize],
    cells: Vec<(Cow<'_, str>, Tone)>,
    color: bool,
    text: &mut String,
) {
    let mut line = String::new();
    for (i, (shown, tone)) in cells.into_iter().take(widths.len()).enumerate() {
        if i > 0 {
            line.push_str(GAP);
        }
        let shown = cut(&shown, widths[i]);
        let pad = " ".repeat(widths[i].saturating_sub(width(&shown)));
        let shown = paint(&shown, tone, color);
        let (left, right) = if columns[i].numeric { (pad.as_str(), "") } else { ("", pad.as_str()) };
        line.extend([left, &shown, right]);
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

fn paint(text: &str, tone: Tone, color: bool) -> Cow<'_, str> {
    let code = match tone {
        Tone::Good => "32",
        Tone::Warn => "33",
        Tone::Bad => "31",
        Tone::Muted => "2",
        Tone::Plain => return Cow::Borrowed(text),
    };
    if color { Cow::Owned(format!("\u{1b}[{code}m{text}\u{1b}[0m")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn colour_is_only_an_addition() {
        let mut table = Table::new([Column::text("a", "a"), Column::number("n", "n")]);
        table.push([Cell::text("x").tone(Tone::Good), Cell::count(1_234)]);
        assert_eq!(render(&table, 100, false), "a      n\nx  1,234\n");
        assert!(render(&table, 100, true).contains("\u{1b}[32mx\u{1b}[0m  1,234\n"));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let mut table =
            Table::new([Column::number("a", "a"), Column::number("b", "b"), Column::number("c", "c")]);
        table.push([Cell::text("11111111"), Cell::text("22222222"), Cell::text("33333333")]);
        assert_eq!(
            render(&table, 20, false),
            "       a         b\n11111111  22222222\n(not shown: c; see --format json or csv)\n"
        );
    }

    proptest! {
        #[test]
        fn no_row_is_wider_than_allowed(
            rows in prop::collection::vec(prop::collection::vec("\\PC{0,60}", 4), 0..6),
            max in 30usize..120,
        ) {
            let mut table = Table::new(["a", "b", "c", "d"].map(|name| Column::text(name, name)));
            rows.into_iter().for_each(|row| table.push(row.into_iter().map(Cell::text)));
            for line in render(&table, max, false).lines().filter(|line| !line.starts_with("(not shown")) {
                prop_assert!(width(line) <= max, "{line}");
            }
        }
    }
}
