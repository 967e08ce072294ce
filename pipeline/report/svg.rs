//! Small plots as inline SVG.
//!
//! Chart crates draw pictures; a report needs more than that, which none of them gives: every
//! mark with its value on hover (`<title>`), a title and description for people who hear the
//! page (`role="img"`), and colours taken from the page's theme variables so that one plot
//! serves light, dark and paper. What is left, axes and a few shapes, is small.
//!
//! Plots are 360 units wide, so that their 12-unit text is 12 pixels on a phone. Marks take
//! their looks from classes in the page's style sheet. Points that are not finite are left out.

mod axes;
mod interval;
mod plots;
mod spans;

use std::fmt::{self, Write as _};

pub use interval::{Interval, ValuePlot, interval_bar, value_plot};
pub use plots::{Bin, Labels, Series, bars, calibration, histogram, lines, scatter};
pub use spans::{Span, SpanKind, spans};

/// A finished drawing: markup in which all foreign text is escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Svg(String);

impl Svg {
    /// The markup.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a figure is written at axes and on hover.
pub type Format<'a> = &'a dyn Fn(f64) -> String;

/// Text made safe for element content and quoted attributes; control characters that XML
/// forbids are dropped.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() && c != '\n' => {}
            c => safe.push(c),
        }
    }
    safe
}

/// A coordinate with at most one decimal: enough for a pixel, and short.
fn num(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded == 0.0 || !rounded.is_finite() { "0".into() } else { rounded.to_string() }
}

/// Where a text stands at its point.
#[derive(Clone, Copy)]
enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing under way. Writing to a `String` cannot fail, so the results are dropped.
struct Canvas {
    width: f64,
    height: f64,
    body: String,
}

impl Canvas {
    fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new() }
    }

    fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64), hover: &str) {
        let _ = write!(
            self.body,
            r#"<line class="{class}" x1="{}" y1="{}" x2="{}" y2="{}""#,
            num(from.0),
            num(from.1),
            num(to.0),
            num(to.1)
        );
        self.close("line", hover);
    }

    fn rect(&mut self, class: &str, at: (f64, f64), size: (f64, f64), hover: &str) {
        let _ = write!(
            self.body,
            r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}""#,
            num(at.0),
            num(at.1),
            num(size.0.max(0.0)),
            num(size.1.max(0.0))
        );
        self.close("rect", hover);
    }

    fn circle(&mut self, class: &str, at: (f64, f64), radius: f64, hover: &str) {
        let _ = write!(
            self.body,
            r#"<circle class="{class}" cx="{}" cy="{}" r="{}""#,
            num(at.0),
            num(at.1),
            num(radius)
        );
        self.close("circle", hover);
    }

    fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", num(*x), num(*y))).collect();
        let _ = write!(self.body, r#"<polyline class="{class}" points="{}"/>"#, path.join(" "));
    }

    fn text(&mut self, class: &str, at: (f64, f64), anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let _ = write!(
            self.body,
            r#"<text class="{class}" x="{}" y="{}" text-anchor="{anchor}">{}</text>"#,
            num(at.0),
            num(at.1),
            escape(text)
        );
    }

    fn close(&mut self, element: &str, hover: &str) {
        let _ = if hover.is_empty() {
            self.body.write_str("/>")
        } else {
            write!(self.body, "><title>{}</title></{element}>", escape(hover))
        };
    }

    /// Closes the drawing. The title names it, the description says what it shows.
    fn finish(self, class: &str, title: &str, description: &str) -> Svg {
        let describe = if description.is_empty() {
            String::new()
        } else {
            format!("<desc>{}</desc>", escape(description))
        };
        Svg(format!(
            r#"<svg class="{class}" role="img" viewBox="0 0 {} {}"><title>{}</title>{describe}{}</svg>"#,
            num(self.width),
            num(self.height),
            escape(title),
            self.body
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_text() {
        let mut canvas = Canvas::new(10.0, 10.0);
        canvas.circle("dot", (1.0, 2.0), 3.0, "</title><script>alert('x')</script>\u{0}");
        let svg = canvas.finish("plot", "a & \"b\"", "<i>");
        assert_eq!(
            svg.as_str(),
            "<svg class=\"plot\" role=\"img\" viewBox=\"0 0 10 10\"><title>a &amp; &quot;b&quot;</title>\
             <desc>&lt;i&gt;</desc><circle class=\"dot\" cx=\"1\" cy=\"2\" r=\"3\">\
             <title>&lt;/title&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</title></circle></svg>"
        );
    }
}
