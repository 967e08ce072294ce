//! Scales, ticks and the frame around a plot.

use super::{Anchor, Canvas, Format};

/// Maps values to pixels, evenly or by powers of ten.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    domain: (f64, f64),
    range: (f64, f64),
    log: bool,
}

impl Scale {
    /// Even spacing. An empty domain is widened, so that a single value has a place.
    pub(super) fn linear(domain: (f64, f64), range: (f64, f64)) -> Self {
        let (low, high) = (domain.0.clamp(-1e18, 1e18), domain.1.clamp(-1e18, 1e18));
        let domain = if high - low > 1e-9 { (low, high) } else { (low, low + low.abs().max(1.0)) };
        Self { domain, range, log: false }
    }

    /// Spacing by powers of ten; the domain is above zero.
    pub(super) fn log(domain: (f64, f64), range: (f64, f64)) -> Self {
        // Bounded, so that no price, however absurd, asks for endless decades of ticks.
        let low = domain.0.clamp(1e-9, 1e15);
        let high = if domain.1 > low { domain.1.min(1e18) } else { low * 10.0 };
        Self { domain: (low, high), range, log: true }
    }

    /// The pixel of a value; values outside the domain land on its edge.
    pub(super) fn at(&self, value: f64) -> f64 {
        let inside = value.clamp(self.domain.0, self.domain.1);
        let place = |v: f64| if self.log { v.ln() } else { v };
        let (low, high) = (place(self.domain.0), place(self.domain.1));
        let share = (place(inside) - low) / (high - low);
        self.range.0 + share * (self.range.1 - self.range.0)
    }

    /// Round values to label, about `wanted` of them.
    pub(super) fn ticks(&self, wanted: usize) -> Vec<f64> {
        if self.log { self.log_ticks(wanted) } else { self.linear_ticks(wanted) }
    }

    fn linear_ticks(&self, wanted: usize) -> Vec<f64> {
        let (low, high) = self.domain;
        let rough = (high - low) / wanted.max(1) as f64;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .map(|factor| factor * power)
            .find(|step| *step >= rough)
            .unwrap_or(10.0 * power);
        let first = (low / step - 1e-9).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        (first..=last).take(50).map(|i| i as f64 * step).collect()
    }

    fn log_ticks(&self, wanted: usize) -> Vec<f64> {
        let (first, last) = (self.domain.0.log10().floor() as i32, self.domain.1.log10().ceil() as i32);
        let inside = |factors: &[f64]| -> Vec<f64> {
            (first..=last)
                .flat_map(|power| factors.iter().map(move |factor| factor * 10_f64.powi(power)))
                .filter(|tick| *tick >= self.domain.0 * 0.999 && *tick <= self.domain.1 * 1.001)
                .collect()
        };
        // Finest first: the first that is not crowded.
        for factors in [&[1.0, 2.0, 5.0][..], &[1.0, 3.0], &[1.0]] {
            let ticks = inside(factors);
            if ticks.len() <= wanted {
                return ticks;
            }
        }
        let decades = inside(&[1.0]);
        let every = decades.len().div_ceil(wanted.max(1));
        decades.into_iter().step_by(every.max(1)).collect()
    }
}

/// The plot's inside, between its axes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Width of every plot with axes; see the module's text on phones.
pub(super) const WIDTH: f64 = 360.0;
/// Height of every plot with axes.
pub(super) const HEIGHT: f64 = 230.0;

impl Frame {
    /// Room for a top label line, tick labels and the x axis' name.
    pub(super) fn standard() -> Self {
        Self { left: 52.0, right: WIDTH - 20.0, top: 24.0, bottom: HEIGHT - 40.0 }
    }

    pub(super) fn x(&self) -> (f64, f64) {
        (self.left, self.right)
    }

    /// Upside down, as pixels are.
    pub(super) fn y(&self) -> (f64, f64) {
        (self.bottom, self.top)
    }

    /// Light grid, tick labels and the names of both axes.
    pub(super) fn axes(
        &self,
        canvas: &mut Canvas,
        x: (&Scale, &str, Format<'_>),
        y: (&Scale, &str, Format<'_>),
    ) {
        for tick in y.0.ticks(5) {
            let at = y.0.at(tick);
            canvas.line("grid", (self.left, at), (self.right, at), "");
            canvas.text("tick", (self.left - 6.0, at + 4.0), Anchor::End, &y.2(tick));
        }
        for tick in x.0.ticks(5) {
            let at = x.0.at(tick);
            canvas.line("grid", (at, self.bottom), (at, self.bottom + 4.0), "");
            canvas.text("tick", (at, self.bottom + 17.0), Anchor::Middle, &x.2(tick));
        }
        canvas.line("axis", (self.left, self.bottom), (self.right, self.bottom), "");
        canvas.text("label", (self.right, HEIGHT - 6.0), Anchor::End, x.1);
        canvas.text("label", (4.0, 12.0), Anchor::Start, y.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(
            Scale::linear((0.0, 1.0), (0.0, 1.0)).ticks(5),
            [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]
        );
        assert_eq!(Scale::log((8.0, 2_100.0), (0.0, 1.0)).ticks(5), [10.0, 30.0, 100.0, 300.0, 1_000.0]);
        for endless in
            [Scale::log((1e-300, f64::INFINITY), (0.0, 1.0)), Scale::linear((-1e308, 1e308), (0.0, 1.0))]
        {
            assert!(endless.ticks(5).len() <= 7);
        }
        assert_eq!(Scale::log((1.0, 1e9), (0.0, 1.0)).ticks(5).len(), 5);
    }

    #[test]
    fn values_land_between_the_edges() {
        let scale = Scale::log((10.0, 1_000.0), (0.0, 100.0));
        assert!((scale.at(100.0) - 50.0).abs() < 1e-9);
        assert_eq!((scale.at(0.0), scale.at(1e9)), (0.0, 100.0));
        assert!(Scale::linear((3.0, 3.0), (0.0, 10.0)).at(3.0).is_finite());
    }
}
