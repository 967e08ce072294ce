//! What it is worth against what is asked.

use super::axes::{Scale, WIDTH};
use super::{Anchor, Canvas, Format, Svg};

/// A value with its interval, and the ask; major units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub expected: f64,
    pub high: f64,
    pub ask: Option<f64>,
}

/// A small bar for a table cell: the interval as a band, its middle as a tick, the ask as a
/// line. It runs from zero to 1.75 times the expected value in every row, so that rows compare:
/// the further left of the band the line stands, the greater the bargain.
#[must_use]
pub fn interval_bar(interval: &Interval, title: &str) -> Svg {
    const SIZE: (f64, f64) = (132.0, 22.0);
    let mut canvas = Canvas::new(SIZE.0, SIZE.1);
    let top = interval.expected * 1.75;
    if top.is_finite() && top > 0.0 {
        let scale = Scale::linear((0.0, top), (2.0, SIZE.0 - 2.0));
        canvas.line("track", (2.0, 11.0), (SIZE.0 - 2.0, 11.0), "");
        band(&mut canvas, "band", &scale, (interval.low, interval.high), (6.0, 10.0), "");
        let middle = scale.at(interval.expected);
        canvas.line("middle", (middle, 5.0), (middle, 17.0), "");
        if let Some(ask) = interval.ask.filter(|ask| ask.is_finite()) {
            let at = scale.at(ask);
            canvas.line("ask", (at, 1.0), (at, 21.0), "");
        }
    }
    canvas.finish("bar", title, "")
}

/// The value of one item in full.
#[derive(Debug, Clone)]
pub struct ValuePlot<'a> {
    /// At 5, 10, 25, 50, 75, 90, 95 %, major units.
    pub quantiles: [f64; 7],
    /// With its exact words: what is asked or allowed is not rounded up.
    pub ask: Option<(f64, String)>,
    pub max_price: Option<(f64, String)>,
    /// Price of each comparable and what to say of it on hover.
    pub comps: &'a [(f64, String)],
}

/// The value's distribution as bands, the ask and the highest price as lines, and each
/// comparable as a dot below.
#[must_use]
pub fn value_plot(plot: &ValuePlot<'_>, title: &str, description: &str, format: Format<'_>) -> Svg {
    let mut canvas = Canvas::new(WIDTH, 144.0);
    let scale = Scale::linear((0.0, value_plot_end(plot)), (10.0, WIDTH - 14.0));
    for tick in scale.ticks(5) {
        canvas.line("grid", (scale.at(tick), 50.0), (scale.at(tick), 122.0), "");
        canvas.text("tick", (scale.at(tick), 138.0), Anchor::Middle, &format(tick));
    }
    let q = &plot.quantiles;
    let said = |share: &str, low: f64, high: f64| {
        format!("{share} of such items end between {} and {}", format(low), format(high))
    };
    band(&mut canvas, "band-90", &scale, (q[0], q[6]), (62.0, 24.0), &said("90%", q[0], q[6]));
    band(&mut canvas, "band", &scale, (q[1], q[5]), (62.0, 24.0), &said("80%", q[1], q[5]));
    band(&mut canvas, "band-50", &scale, (q[2], q[4]), (62.0, 24.0), &said("half", q[2], q[4]));
    let middle = scale.at(q[3]);
    canvas.line("middle", (middle, 54.0), (middle, 92.0), &format!("most likely {}", format(q[3])));
    for (price, hover) in plot.comps.iter().filter(|(price, _)| price.is_finite()) {
        canvas.circle("dot", (scale.at(*price), 106.0), 4.0, hover);
    }
    marks(&mut canvas, plot, &scale, format);
    canvas.finish("plot", title, description)
}

/// Lines for the ask and the highest price, and words for them and the likeliest value.
fn marks(canvas: &mut Canvas, plot: &ValuePlot<'_>, scale: &Scale, format: Format<'_>) {
    let mut labels = vec![(plot.quantiles[3], format!("worth {}", format(plot.quantiles[3])))];
    if let Some((max, words)) = &plot.max_price {
        let at = scale.at(*max);
        canvas.line("limit", (at, 54.0), (at, 98.0), &format!("pay at most {words}"));
        labels.push((*max, format!("at most {words}")));
    }
    if let Some((ask, words)) = &plot.ask {
        let at = scale.at(*ask);
        canvas.line("ask", (at, 50.0), (at, 122.0), &format!("asked {words}"));
        labels.push((*ask, format!("asked {words}")));
    }
    // From left to right, each into the lowest of three rows where it overlaps none before it.
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut ends = [f64::MIN; 3];
    for (value, text) in labels {
        // Inside the picture, at about 6.6 units a letter.
        let half = text.chars().count() as f64 * 3.3;
        let middle = scale.at(value).clamp(half + 2.0, WIDTH - half - 2.0);
        let row = ends.iter().position(|end| *end <= middle - half).unwrap_or(2);
        ends[row] = middle + half + 8.0;
        canvas.text("mark", (middle, 46.0 - 16.0 * row as f64), Anchor::Middle, &text);
    }
}

/// Right end: everything but an odd comparable far out fits.
fn value_plot_end(plot: &ValuePlot<'_>) -> f64 {
    let price = |mark: &Option<(f64, String)>| mark.as_ref().map(|(price, _)| *price);
    let needed = [Some(plot.quantiles[6]), price(&plot.ask), price(&plot.max_price)];
    let needed = needed.into_iter().flatten().filter(|v| v.is_finite()).fold(0.0, f64::max);
    let comps = plot.comps.iter().map(|(price, _)| *price).filter(|price| *price < needed * 1.5);
    comps.fold(needed, f64::max).max(0.01) * 1.06
}

fn band(canvas: &mut Canvas, class: &str, scale: &Scale, ends: (f64, f64), y: (f64, f64), hover: &str) {
    if ends.0.is_finite() && ends.1.is_finite() {
        let (left, right) = (scale.at(ends.0), scale.at(ends.1));
        canvas.rect(class, (left, y.0), ((right - left).max(1.0), y.1), hover);
    }
}
