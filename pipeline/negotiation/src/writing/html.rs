//! HTML that comes in, and HTML that goes out.

use std::collections::{HashMap, HashSet};

/// Foreign HTML reduced to `b i em strong a[href] p br`; links only to `http`, `https` and
/// `mailto`, without access to the page that shows them. Scripts and styles go with their content.
#[must_use]
pub fn sanitise(html: &str) -> String {
    ammonia::Builder::default()
        .tags(HashSet::from(["b", "i", "em", "strong", "a", "p", "br"]))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"]))]))
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(Some("noopener noreferrer nofollow"))
        .clean(html)
        .to_string()
}

/// Plain text as HTML: a paragraph per block of lines, nothing in it is markup.
pub(super) fn paragraphs(text: &str) -> String {
    let blocks = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    blocks.map(|block| format!("<p>{}</p>\n", escaped(block).replace('\n', "<br>"))).collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_allowed_markup_is_left() {
        let cases = [
            ("<p>Hi <b>there</b><br>x</p>", "<p>Hi <b>there</b><br>x</p>"),
            ("<script>alert(1)</script>ok", "ok"),
            ("<img src=x onerror=alert(1)>ok", "ok"),
            ("<p style='color:red' onclick=x>a</p>", "<p>a</p>"),
            ("<a href='javascript:alert(1)'>x</a>", "<a rel=\"noopener noreferrer nofollow\">x</a>"),
            ("<div><table><tr><td>x</td></tr></table></div>", "x"),
        ];
        for (html, clean) in cases {
            assert_eq!(sanitise(html), clean, "{html}");
        }
        let link = sanitise("<a href=\"https://example.org/\" target=_blank>x</a>");
        assert_eq!(link, "<a href=\"https://example.org/\" rel=\"noopener noreferrer nofollow\">x</a>");
    }

    #[test]
    fn text_is_never_markup() {
        assert_eq!(
            paragraphs("a <b>\n\"c\" & 'd'\n\n\n e"),
            "<p>a &lt;b&gt;<br>&quot;c&quot; &amp; &#39;d&#39;</p>\n<p>e</p>\n"
        );
    }
}
