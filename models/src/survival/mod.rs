//! How long listings stay: a proportional hazard learned from stays of which only parts were seen.
//!
//! A listing is looked at now and then, so that nothing is known exactly. Before the first look
//! it must have survived (*left-truncated*: those that left sooner were never seen). An exit lies
//! somewhere between the last sight and the first complete pass that missed it
//! (*interval-censored*). What still stood at the last look leaves later (*right-censored*). The
//! likelihood uses each for what it says and no more.
//!
//! The rate of leaving is that of [`autobazaaar_domain::pace::Pace`]: constant within stretches of
//! age, times a power of the price's place in its value's distribution, a power of demand, and a
//! factor for the category. All parameters are pulled towards a stated assumption, so that thin
//! data say little (ridge, the mode of a normal prior). References: Finkelstein, "A proportional
//! hazards model for interval-censored failure time data", Biometrics 1986; Friedman, "Piecewise
//! exponential models for survival data with covariates", Annals of Statistics 1982.

mod concordance;
mod fit;
mod speed;
mod stay;

pub use concordance::{Concordance, Followed, concordance};
pub use fit::{SpeedOptions, TooFewExits, learn_speed};
pub use speed::{Coefficient, ExitSpeed, hazard, log_likelihood};
pub use stay::Stay;
