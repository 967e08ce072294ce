//! Each sale pays once, to the cent.
