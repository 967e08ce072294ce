//! Where listings come from, one folder per kind of venue.

pub mod file;
