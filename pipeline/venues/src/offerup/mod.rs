pub(crate) mod parse;
