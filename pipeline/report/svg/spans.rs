//! Horizontal bars with their names to the left and their figures to the right.

use super::axes::{Scale, WIDTH};
use super::{Anchor, Canvas, Svg};

/// A bar from one value to another; one that starts where the last ended makes a staircase.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    pub label: String,
    pub from: f64,
    pub to: f64,
    /// The figure as it is written.
    pub text: String,
    pub kind: SpanKind,
}

/// What a bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// A plain amount or count.
    Plain,
    /// What adds.
    Gain,
    /// What takes away.
    Loss,
    /// What is left.
    Total,
}

impl SpanKind {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "column",
            Self::Gain => "column gain",
            Self::Loss => "column loss",
            Self::Total => "column total",
        }
    }
}

const ROW: f64 = 22.0;
const LABELS: f64 = 118.0;
const FIGURES: f64 = 66.0;

/// One row per bar, top to bottom, with a line at zero. Bars that are not finite are left out.
#[must_use]
pub fn spans(rows: &[Span], title: &str, description: &str) -> Svg {
    let rows: Vec<&Span> = rows.iter().filter(|row| row.from.is_finite() && row.to.is_finite()).collect();
    let height = rows.len() as f64 * ROW + 12.0;
    let mut canvas = Canvas::new(WIDTH, height);
    let ends = rows.iter().fold((0.0_f64, 0.0_f64), |(low, high), row| {
        (low.min(row.from).min(row.to), high.max(row.from).max(row.to))
    });
    let ends = if ends.0 < ends.1 { ends } else { (0.0, 1.0) };
    let scale = Scale::linear(ends, (LABELS, WIDTH - FIGURES));
    for (i, row) in rows.iter().enumerate() {
        let top = 6.0 + i as f64 * ROW;
        let (left, right) = (scale.at(row.from.min(row.to)), scale.at(row.from.max(row.to)));
        let hover = format!("{}: {}", row.label, row.text);
        canvas.text("label", (LABELS - 8.0, top + 15.0), Anchor::End, &row.label);
        // A hair's breadth for what is too small to see.
        canvas.rect(row.kind.class(), (left, top + 3.0), ((right - left).max(1.0), ROW - 6.0), &hover);
        canvas.text("mark", (WIDTH - 2.0, top + 15.0), Anchor::End, &row.text);
    }
    canvas.line("axis", (scale.at(0.0), 4.0), (scale.at(0.0), height - 4.0), "");
    canvas.finish("plot", title, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_staircase_starts_where_the_last_step_ended() {
        let step = |label: &str, from, to, kind| Span {
            label: label.to_owned(),
            from,
            to,
            text: format!("{}", to - from),
            kind,
        };
        let rows = [
            step("sales", 0.0, 100.0, SpanKind::Gain),
            step("goods", 100.0, 40.0, SpanKind::Loss),
            step("left", 0.0, 40.0, SpanKind::Total),
            step("nothing", f64::NAN, 1.0, SpanKind::Plain),
        ];
        let svg = spans(&rows, "t", "d").to_string();
        assert_eq!(svg.matches("<rect").count(), 3, "{svg}");
        // 0 to 100 is LABELS to WIDTH - FIGURES: 118 to 294.
        assert!(svg.contains(r#"class="column loss" x="188.4""#), "{svg}");
        assert!(svg.contains(r#"class="column total" x="118""#), "{svg}");
    }
}
