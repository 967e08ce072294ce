//! Tests over generated files.
