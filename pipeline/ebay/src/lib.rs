//! eBay
