//! robots.txt (RFC 9309): what a site lets robots read.

mod keeper;
mod path;

pub(crate) use keeper::{Asked, RobotsKeeper};

use path::{Pattern, normal};

/// Bytes of a file that are read; RFC 9309, section 2.5, asks for at least 500 KiB.
pub(crate) const SIZE_LIMIT: usize = 500 * 1024;

/// The rules of one site for one product token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Robots {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allow: bool,
    pattern: Pattern,
}

/// A line that means something.
enum Line<'a> {
    Agent(&'a str),
    Rule { allow: bool, pattern: &'a str },
}

impl Robots {
    /// Everything may be read: there is no file.
    #[must_use]
    pub fn allow_all() -> Self {
        Self { rules: Vec::new() }
    }

    /// Nothing may be read: the file could not be had.
    #[must_use]
    pub fn disallow_all() -> Self {
        Self { rules: vec![Rule { allow: false, pattern: Pattern::new("/") }] }
    }

    /// The rules for a product token (letters, `_` and `-`), from the first 500 KiB of a file. All
    /// groups that name the token count together; without one, the groups for `*` do. Lines that mean
    /// nothing are passed over.
    #[must_use]
    pub fn read(file: &[u8], product: &str) -> Self {
        let text = String::from_utf8_lossy(&file[..file.len().min(SIZE_LIMIT)]);
        let (mut ours, mut everybodys) = (Vec::new(), Vec::new());
        let (mut named, mut for_us, mut for_all) = (false, false, false);
        let mut in_rules = true;
        for line in text.trim_start_matches('\u{feff}').split(['\r', '\n']).filter_map(line) {
            match line {
                Line::Agent(agent) => {
                    if in_rules {
                        (for_us, for_all, in_rules) = (false, false, false);
                    }
                    for_us |= token(agent).eq_ignore_ascii_case(product) && !product.is_empty();
                    for_all |= agent.starts_with('*');
                    named |= for_us;
                }
                Line::Rule { allow, pattern } => {
                    in_rules = true;
                    let rule = || Rule { allow, pattern: Pattern::new(pattern) };
                    if for_us {
                        ours.push(rule());
                    }
                    if for_all {
                        everybodys.push(rule());
                    }
                }
            }
        }
        Self { rules: if named { ours } else { everybodys } }
    }

    /// Whether a path with its query may be read. The longest pattern that fits decides; of two
    /// equally long ones, the one that allows. robots.txt itself may always be read.
    #[must_use]
    pub fn allows(&self, path_and_query: &str) -> bool {
        let path = normal(path_and_query);
        if path == b"/robots.txt" {
            return true;
        }
        let fits = self.rules.iter().filter(|rule| rule.pattern.fits(&path));
        fits.map(|rule| (rule.pattern.len(), rule.allow)).max().is_none_or(|(_, allow)| allow)
    }
}

fn line(text: &str) -> Option<Line<'_>> {
    let (name, value) = text.split('#').next()?.split_once(':')?;
    let value = value.trim();
    match name.trim().to_ascii_lowercase().as_str() {
        "user-agent" => Some(Line::Agent(value)),
        // An empty rule forbids nothing (and allows nothing).
        "allow" => Some(Line::Rule { allow: true, pattern: value }),
        "disallow" => Some(Line::Rule { allow: false, pattern: value }),
        _ => None,
    }
}

/// The product token a line begins with: `Bot` of `Bot/1.0`.
fn token(agent: &str) -> &str {
    let end = agent.find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '_' | '-')));
    &agent[..end.unwrap_or(agent.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(file: &str, path: &str) -> bool {
        Robots::read(file.as_bytes(), "AutoBazaaar").allows(path)
    }

    #[test]
    fn the_longest_pattern_decides() {
        let cases = [
            // RFC 9309, section 2.2.2 and 5.2.
            ("allow: /p\ndisallow: /", "/page", true),
            ("allow: /folder\ndisallow: /folder", "/folder/page", true),
            ("allow: /page\ndisallow: /*.htm", "/page.htm", false),
            ("allow: /example/page/\ndisallow: /example/page/disallowed.gif", "/example/page/", true),
            (
                "allow: /example/page/\ndisallow: /example/page/disallowed.gif",
                "/example/page/disallowed.gif",
                false,
            ),
            ("allow: /$\ndisallow: /", "/", true),
            ("allow: /$\ndisallow: /", "/page.htm", false),
            ("disallow: *.gif$", "/a/b.gif", false),
            ("disallow: *.gif$", "/a/b.gif?x", true),
            ("disallow: /*?", "/a?b", false),
            ("disallow: /*?", "/a", true),
            ("disallow:", "/anything", true),
            ("disallow: /", "/robots.txt", true),
            ("disallow: /a$b", "/a$b", false),
            ("disallow: /fish*", "/fishheads", false),
            ("disallow: /fish*", "/Fish", true),
        ];
        for (rules, path, expected) in cases {
            assert_eq!(allowed(&format!("user-agent: *\n{rules}"), path), expected, "{rules:?} {path}");
        }
    }

    #[test]
    fn octets_are_compared_decoded() {
        // RFC 9309, section 2.2.2, table 1, and 2.2.3.
        let cases = [
            ("/foo/bar/ツ", "/foo/bar/%E3%83%84", false),
            ("/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84", false),
            ("/foo/bar/%62%61%7A", "/foo/bar/baz", false),
            ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https://foo.bar", false),
            ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", false),
            ("/path/file-with-a-%2A.html", "/path/file-with-a-b.html", true),
            ("/path/foo-%24", "/path/foo-$", false),
            ("/path/foo-%24", "/path/foo-$bar", false),
            ("/a%2Fb", "/a/b", true),
            ("/%", "/%", false),
            ("/%zz", "/%zz", false),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(allowed(&format!("user-agent: *\ndisallow: {pattern}"), path), expected, "{pattern}");
        }
    }

    #[test]
    fn our_groups_count_together_and_before_everybodys() {
        let file = "\u{feff}# hello\r\nSitemap: https://x.test/s.xml\r\n\
            disallow: /early\r\n\
            User-Agent: otherbot\r\nUSER-AGENT : autobazaaar/2.0 (x)\r\n\r\nSitemap: y\r\nDisallow: /ours # why\r\n\
            user-agent: *\nallow: /\ndisallow: /all\n\
            user-agent: AutoBazaaarTwo-x\ndisallow: /two\n\
            user-agent: AUTOBAZAAAR\ndisallow: /b\n";
        for (path, expected) in
            [("/ours", false), ("/b", false), ("/all", true), ("/c", true), ("/two", true), ("/early", true)]
        {
            assert_eq!(allowed(file, path), expected, "{path}");
        }
        assert!(!Robots::read(file.as_bytes(), "Nobody").allows("/all/x"));
        // A group of ours without rules allows everything, whatever others get.
        assert!(allowed("user-agent: autobazaaar\nuser-agent: x\n\nuser-agent: *\nallow: /y", "/x"));
        assert!(allowed("user-agent: autobazaaar\ndisallow:\nuser-agent: *\ndisallow: /", "/x"));
    }

    #[test]
    fn hostile_files_are_read_within_bounds() {
        let mut long = b"user-agent: *\n".to_vec();
        long.resize(SIZE_LIMIT, b'#');
        long.extend(b"\ndisallow: /late\n");
        assert!(Robots::read(&long, "x").allows("/late"), "what is over the limit is not read");
        let stars = format!("user-agent: *\ndisallow: /{}x$", "*a".repeat(2_000));
        assert!(allowed(&stars, &format!("/{}", "a".repeat(8_000))));
        for bytes in [&b"\xff\xfe\x00:\x00"[..], b":", b"user-agent", b"disallow: \xff\nuser-agent:\n"] {
            assert!(Robots::read(bytes, "x").allows("/"));
        }
    }
}
