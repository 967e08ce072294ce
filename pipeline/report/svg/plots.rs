//! Plots with two axes.

use std::collections::BTreeMap;

use super::axes::{Frame, HEIGHT, Scale, WIDTH};
use super::{Anchor, Canvas, Format, Svg};

/// A plot's words: the title says the finding.
#[derive(Debug, Clone, Copy)]
pub struct Labels<'a> {
    pub title: &'a str,
    pub description: &'a str,
    /// Name and unit of the axis to the right.
    pub x: &'a str,
    /// Name and unit of the axis upwards.
    pub y: &'a str,
}

/// One bar of a histogram, from (included) to (excluded).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    pub from: f64,
    pub to: f64,
    pub count: u64,
}

/// A line with its name; at most six in one plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// Share promised against share found, with the diagonal of a perfect match. Points are
/// (nominal, observed, rows), shares 0–1.
#[must_use]
pub fn calibration(
    points: &[(f64, f64, u64)],
    labels: &Labels<'_>,
    (below, above): (&str, &str),
    format: Format<'_>,
) -> Svg {
    let frame = Frame::standard();
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    let (x, y) = (Scale::linear((0.0, 1.0), frame.x()), Scale::linear((0.0, 1.0), frame.y()));
    frame.axes(&mut canvas, (&x, labels.x, format), (&y, labels.y, format));
    canvas.line("ideal", (x.at(0.0), y.at(0.0)), (x.at(1.0), y.at(1.0)), "perfect: as often as promised");
    canvas.text("label", (x.at(0.98), y.at(0.25)), Anchor::End, below);
    canvas.text("label", (x.at(0.03), y.at(0.72)), Anchor::Start, above);
    let finite: Vec<_> = points.iter().filter(|(n, o, _)| n.is_finite() && o.is_finite()).collect();
    let path: Vec<_> =
        finite.iter().map(|(nominal, observed, _)| (x.at(*nominal), y.at(*observed))).collect();
    canvas.polyline("series c1", &path);
    for (nominal, observed, rows) in finite {
        let hover = format!("promised {}, found {} ({rows} listings)", format(*nominal), format(*observed));
        canvas.circle("dot", (x.at(*nominal), y.at(*observed)), 4.0, &hover);
    }
    canvas.finish("plot", labels.title, labels.description)
}

/// Predicted against actual on axes by powers of ten, gathered into cells: a dot's area is the
/// number of listings in its cell. Values at or under zero are left out.
#[must_use]
pub fn scatter(points: &[(f64, f64)], labels: &Labels<'_>, format: Format<'_>) -> Svg {
    let frame = Frame::standard();
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    let usable = |v: f64| v.is_finite() && v > 0.0;
    let points: Vec<_> = points.iter().copied().filter(|(a, b)| usable(*a) && usable(*b)).collect();
    let ends =
        points.iter().fold((f64::MAX, f64::MIN), |e, (a, b)| (e.0.min(*a).min(*b), e.1.max(*a).max(*b)));
    let ends = if points.is_empty() { (1.0, 10.0) } else { (ends.0 * 0.9, ends.1 * 1.1) };
    let (x, y) = (Scale::log(ends, frame.x()), Scale::log(ends, frame.y()));
    frame.axes(&mut canvas, (&x, labels.x, format), (&y, labels.y, format));
    canvas.line("ideal", (x.at(ends.0), y.at(ends.0)), (x.at(ends.1), y.at(ends.1)), "predicted = actual");

    const CELL: f64 = 7.0;
    let mut cells: BTreeMap<(i64, i64), (u64, f64, f64)> = BTreeMap::new();
    for (a, b) in &points {
        let key = ((x.at(*a) / CELL).floor() as i64, (y.at(*b) / CELL).floor() as i64);
        let cell = cells.entry(key).or_default();
        *cell = (cell.0 + 1, cell.1 + a.ln(), cell.2 + b.ln());
    }
    let most = cells.values().map(|cell| cell.0).max().unwrap_or(1) as f64;
    for (n, sum_a, sum_b) in cells.into_values() {
        let (a, b) = ((sum_a / n as f64).exp(), (sum_b / n as f64).exp());
        let radius = 1.4 + 3.4 * (n as f64 / most).sqrt();
        let listings = if n == 1 { "1 listing".into() } else { format!("{n} listings") };
        let hover = format!("actual {}, predicted {} ({listings})", format(a), format(b));
        canvas.circle("dot soft", (x.at(a), y.at(b)), radius, &hover);
    }
    canvas.finish("plot", labels.title, labels.description)
}

/// Bars from zero; hover says range and count.
#[must_use]
pub fn histogram(bins: &[Bin], labels: &Labels<'_>, format: Format<'_>) -> Svg {
    let frame = Frame::standard();
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    let bins: Vec<_> = bins.iter().filter(|bin| bin.from.is_finite() && bin.to.is_finite()).collect();
    let ends = (bins.first().map_or(0.0, |bin| bin.from), bins.last().map_or(1.0, |bin| bin.to));
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(0).max(1) as f64;
    let (x, y) = (Scale::linear(ends, frame.x()), Scale::linear((0.0, most * 1.05), frame.y()));
    let counts = |v: f64| if v.fract() == 0.0 { super::super::text::count(v as u64) } else { String::new() };
    frame.axes(&mut canvas, (&x, labels.x, format), (&y, labels.y, &counts));
    for bin in bins {
        let (left, right, top) = (x.at(bin.from), x.at(bin.to), y.at(bin.count as f64));
        let hover = format!("{} to {}: {}", format(bin.from), format(bin.to), bin.count);
        canvas.rect("column", (left + 0.5, top), (right - left - 1.0, frame.bottom - top), &hover);
    }
    canvas.finish("plot", labels.title, labels.description)
}

/// One bar to the right for each named value at or above zero, name and value beside it.
#[must_use]
pub fn bars(named: &[(String, f64)], labels: &Labels<'_>, format: Format<'_>) -> Svg {
    /// A bar with its name above it.
    const ROW: f64 = 30.0;
    let height = 24.0 + ROW * named.len() as f64;
    let mut canvas = Canvas::new(WIDTH, height);
    let usable = |value: f64| if value.is_finite() { value.max(0.0) } else { 0.0 };
    let most = named.iter().map(|(_, value)| usable(*value)).fold(0.0, f64::max);
    let x = Scale::linear((0.0, most), (4.0, WIDTH - 60.0));
    canvas.text("label", (4.0, 12.0), Anchor::Start, labels.x);
    for (row, (name, value)) in named.iter().enumerate() {
        let (top, end) = (22.0 + ROW * row as f64, x.at(usable(*value)));
        canvas.text("tick", (4.0, top + 11.0), Anchor::Start, name);
        canvas.rect("column", (4.0, top + 15.0), (end - 4.0, 9.0), &format!("{name}: {}", format(*value)));
        canvas.text("mark", (end + 5.0, top + 23.0), Anchor::Start, &format(*value));
    }
    canvas.finish("plot", labels.title, labels.description)
}

/// Lines over an axis of numbers (seconds, for times), zero included upwards. One line needs no
/// name; several are named at their right end.
#[must_use]
pub fn lines(series: &[Series], labels: &Labels<'_>, x_format: Format<'_>, y_format: Format<'_>) -> Svg {
    let mut frame = Frame::standard();
    if series.len() > 1 {
        frame.right -= 70.0;
    }
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    let all = || series.iter().flat_map(|s| &s.points).filter(|(x, y)| x.is_finite() && y.is_finite());
    let ends = all().fold((f64::MAX, f64::MIN), |e, (x, _)| (e.0.min(*x), e.1.max(*x)));
    let ends = if ends.0 > ends.1 { (0.0, 1.0) } else { ends };
    let low = all().map(|(_, y)| *y).fold(0.0, f64::min);
    let high = all().map(|(_, y)| *y).fold(0.0, f64::max);
    let (x, y) = (Scale::linear(ends, frame.x()), Scale::linear((low * 1.05, high * 1.08), frame.y()));
    time_axis(&mut canvas, &frame, &x, ends, labels.x, x_format);
    for tick in y.ticks(5) {
        canvas.line("grid", (frame.left, y.at(tick)), (frame.right, y.at(tick)), "");
        canvas.text("tick", (frame.left - 6.0, y.at(tick) + 4.0), Anchor::End, &y_format(tick));
    }
    canvas.text("label", (4.0, 12.0), Anchor::Start, labels.y);
    for (i, line) in series.iter().take(6).enumerate() {
        let class = format!("series c{}", i + 1);
        let points: Vec<_> = line.points.iter().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
        let path: Vec<_> = points.iter().map(|(a, b)| (x.at(*a), y.at(*b))).collect();
        canvas.polyline(&class, &path);
        for (a, b) in &points {
            let name = if series.len() > 1 { format!("{}: ", line.name) } else { String::new() };
            let hover = format!("{name}{}, {}", x_format(*a), y_format(*b));
            canvas.circle(&format!("point c{}", i + 1), (x.at(*a), y.at(*b)), 3.5, &hover);
        }
        if let (true, Some(end)) = (series.len() > 1, path.last()) {
            canvas.text("mark", (end.0 + 6.0, end.1 + 4.0), Anchor::Start, &line.name);
        }
    }
    canvas.finish("plot", labels.title, labels.description)
}

/// First and last moment only: dates are long, and round numbers of seconds are no round dates.
fn time_axis(
    canvas: &mut Canvas,
    frame: &Frame,
    x: &Scale,
    ends: (f64, f64),
    name: &str,
    format: Format<'_>,
) {
    canvas.line("axis", (frame.left, frame.bottom), (frame.right, frame.bottom), "");
    canvas.text("tick", (x.at(ends.0), frame.bottom + 17.0), Anchor::Start, &format(ends.0));
    if ends.1 > ends.0 {
        canvas.text("tick", (x.at(ends.1), frame.bottom + 17.0), Anchor::End, &format(ends.1));
    }
    canvas.text("label", (frame.right, HEIGHT - 6.0), Anchor::End, name);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LABELS: Labels<'static> = Labels { title: "t", description: "d", x: "x", y: "y" };
    const SIDES: (&str, &str) = ("b", "a");

    fn plain(v: f64) -> String {
        format!("{v}")
    }

    #[test]
    fn empty_plots_are_still_drawings() {
        for svg in [
            calibration(&[], &LABELS, SIDES, &plain),
            scatter(&[], &LABELS, &plain),
            histogram(&[], &LABELS, &plain),
            lines(&[], &LABELS, &plain, &plain),
        ] {
            assert!(svg.as_str().starts_with("<svg") && svg.as_str().ends_with("</svg>"));
        }
    }

    proptest! {
        #[test]
        fn no_input_draws_a_coordinate_that_is_not_a_number(
            points in prop::collection::vec((any::<f64>(), any::<f64>()), 0..20)
        ) {
            let quiet = |_: f64| String::new();
            let calibrated: Vec<_> = points.iter().map(|(a, b)| (*a, *b, 1)).collect();
            let series = [Series { name: "s".into(), points: points.clone() }];
            for svg in [
                calibration(&calibrated, &LABELS, SIDES, &quiet),
                scatter(&points, &LABELS, &quiet),
                lines(&series, &LABELS, &quiet, &quiet),
            ] {
                prop_assert!(!svg.as_str().contains("NaN") && !svg.as_str().contains("inf"), "{}", svg.as_str());
            }
        }
    }
}
