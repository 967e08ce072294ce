//! Who asks.

/// The name under which every page is asked for, and by which robots.txt may speak to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAgent {
    product: String,
    header: String,
}

impl UserAgent {
    /// `product/version (+contact)`. The contact is a page or mail address of whoever runs it.
    /// Characters that a header or a product token may not hold are left out.
    #[must_use]
    pub fn new(product: &str, version: &str, contact: Option<&str>) -> Self {
        let product: String =
            product.chars().filter(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '-')).collect();
        let plain = |text: &str| text.chars().filter(|c| c.is_ascii_graphic()).collect::<String>();
        let header = match contact.map(plain).filter(|contact| !contact.is_empty()) {
            Some(contact) => format!("{product}/{} (+{contact})", plain(version)),
            None => format!("{product}/{}", plain(version)),
        };
        Self { product, header }
    }

    /// The product token (RFC 9309, section 2.2.1).
    #[must_use]
    pub fn product(&self) -> &str {
        &self.product
    }

    /// The header's value.
    #[must_use]
    pub fn header(&self) -> &str {
        &self.header
    }
}

impl Default for UserAgent {
    fn default() -> Self {
        Self::new("AutoBazaaar", env!("CARGO_PKG_VERSION"), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_who_it_is() {
        let agent = UserAgent::new("AutoBazaaar", "1.2", Some("https://owner.test/bot\r\nX: y"));
        assert_eq!(agent.header(), "AutoBazaaar/1.2 (+https://owner.test/botX:y)");
        assert_eq!(agent.product(), "AutoBazaaar");
    }
}
