//! A saved page as a flat tree: elements and texts in the order of the page, each with the end of
//! what it holds.
//!
//! The tokens are html5gum's (WHATWG rules: entities, raw text, odd quoting). The tree is built
//! for looking things up by class, not for showing: an end tag closes the innermost open element
//! of its name, `li`, `p` and `option` close the one before them, and what is nested deeper than
//! [`MOST_DEPTH`] becomes flat. Everything is linear in the page's length.

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

/// Deepest nesting that is kept; browsers stop at the same.
const MOST_DEPTH: usize = 256;

/// Attributes that some parser asks for. The rest (tracking, styles) is half of a page's bytes.
const KEPT: &[&str] = &[
    "alt",
    "aria-label",
    "class",
    "content",
    "data-defer-load",
    "data-imgid",
    "data-latitude",
    "data-listingid",
    "data-longitude",
    "data-pid",
    "data-src",
    "data-zoom-src",
    "datetime",
    "href",
    "id",
    "itemprop",
    "name",
    "property",
    "rel",
    "src",
    "title",
    "type",
];

/// Elements that hold nothing.
const VOID: &[&[u8]] = &[
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"source",
    b"track", b"wbr",
];

/// A page.
#[derive(Default)]
pub(crate) struct Document {
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    /// Names, attribute values and texts, one after another.
    text: String,
}

/// A part of [`Document::text`].
#[derive(Clone, Copy, Default)]
struct Piece {
    from: u32,
    to: u32,
}

struct Attribute {
    /// Index in [`KEPT`].
    name: u8,
    value: Piece,
}

struct Node {
    /// `None`: a text.
    tag: Option<Piece>,
    /// A text's own text.
    text: Piece,
    /// In [`Document::attributes`].
    attributes: Piece,
    parent: u32,
    /// The first node that is not inside.
    end: u32,
}

impl Document {
    /// Reads a page. Never fails: HTML has no errors, only odd trees.
    pub(crate) fn parse(page: &str) -> Self {
        let mut builder = Builder { document: Self::default(), open: Vec::new(), attribute: None };
        builder.document.text.reserve(page.len() / 4);
        let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<()> {
            builder.take(event);
            None
        });
        emitter.naively_switch_states(true);
        // The callback yields nothing and a string cannot fail to be read.
        for token in Tokenizer::new_with_emitter(page, emitter) {
            if token.is_err() {
                break;
            }
        }
        builder.finish()
    }

    /// Every element, in the order of the page.
    pub(crate) fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        self.range(0, self.nodes.len() as u32)
    }

    /// The first element with a class.
    pub(crate) fn by_class(&self, class: &str) -> Option<Element<'_>> {
        self.elements().find(|element| element.has_class(class))
    }

    /// The first element with an id.
    pub(crate) fn by_id(&self, id: &str) -> Option<Element<'_>> {
        self.elements().find(|element| element.attr("id") == Some(id))
    }

    /// What the page calls itself.
    pub(crate) fn title(&self) -> Option<String> {
        let title = self.elements().find(|element| element.tag() == "title")?;
        Some(title.text()).filter(|text| !text.is_empty())
    }

    /// `content` of the `meta` whose `property` or `name` is this.
    pub(crate) fn meta(&self, name: &str) -> Option<&str> {
        let named = |element: &Element<'_>| {
            element.tag() == "meta"
                && (element.attr("property") == Some(name) || element.attr("name") == Some(name))
        };
        self.elements().find(named)?.attr("content").filter(|content| !content.is_empty())
    }

    /// `href` of the `link` whose `rel` is this.
    pub(crate) fn link(&self, rel: &str) -> Option<&str> {
        let named = |element: &Element<'_>| element.tag() == "link" && element.attr("rel") == Some(rel);
        self.elements().find(named)?.attr("href").filter(|href| !href.is_empty())
    }

    /// The bodies of scripts that are JSON by their type.
    pub(crate) fn json_scripts(&self) -> impl Iterator<Item = &str> {
        self.scripts()
            .filter(|script| script.attr("type").is_some_and(|kind| kind.contains("json")))
            .map(Element::raw)
    }

    /// Every script.
    pub(crate) fn scripts(&self) -> impl Iterator<Item = Element<'_>> {
        self.elements().filter(|element| element.tag() == "script")
    }

    fn range(&self, from: u32, to: u32) -> impl Iterator<Item = Element<'_>> {
        (from..to)
            .filter(|at| self.nodes[*at as usize].tag.is_some())
            .map(|at| Element { document: self, at })
    }

    fn piece(&self, piece: Piece) -> &str {
        self.text.get(piece.from as usize..piece.to as usize).unwrap_or_default()
    }
}

/// An element of a page.
#[derive(Clone, Copy)]
pub(crate) struct Element<'d> {
    document: &'d Document,
    at: u32,
}

impl<'d> Element<'d> {
    fn node(self) -> &'d Node {
        &self.document.nodes[self.at as usize]
    }

    /// Its name in lower case.
    pub(crate) fn tag(self) -> &'d str {
        self.node().tag.map_or("", |tag| self.document.piece(tag))
    }

    /// An attribute's value; only those of [`KEPT`] are there.
    pub(crate) fn attr(self, name: &str) -> Option<&'d str> {
        let own = self.node().attributes;
        let own = &self.document.attributes[own.from as usize..own.to as usize];
        own.iter()
            .find(|attribute| KEPT[usize::from(attribute.name)] == name)
            .map(|attribute| self.document.piece(attribute.value))
    }

    /// Whether it has a class.
    pub(crate) fn has_class(self, class: &str) -> bool {
        self.classes().any(|own| own == class)
    }

    /// Its classes.
    pub(crate) fn classes(self) -> impl Iterator<Item = &'d str> {
        self.attr("class").unwrap_or_default().split_ascii_whitespace()
    }

    /// What it is in, from the inside outwards.
    pub(crate) fn ancestors(self) -> impl Iterator<Item = Element<'d>> {
        let up = move |element: &Self| {
            let parent = element.node().parent;
            (parent != u32::MAX).then_some(Self { document: element.document, at: parent })
        };
        std::iter::successors(up(&self), up)
    }

    /// Every element inside, in the order of the page.
    pub(crate) fn inside(self) -> impl Iterator<Item = Element<'d>> {
        self.document.range(self.at + 1, self.node().end)
    }

    /// The first element inside with a class.
    pub(crate) fn by_class(self, class: &str) -> Option<Element<'d>> {
        self.inside().find(|element| element.has_class(class))
    }

    /// Its text with each run of blanks as one, without scripts.
    pub(crate) fn text(self) -> String {
        self.text_without(|_| false)
    }

    /// The same without what is in elements that `leave_out` names.
    pub(crate) fn text_without(self, leave_out: impl Fn(Element<'d>) -> bool) -> String {
        let mut text = String::new();
        let (mut at, end) = (self.at + 1, self.node().end);
        while at < end {
            let element = Self { document: self.document, at };
            match element.node().tag {
                None => push_collapsed(&mut text, self.document.piece(element.node().text)),
                Some(_) if matches!(element.tag(), "script" | "style") || leave_out(element) => {
                    at = element.node().end;
                    continue;
                }
                Some(_) => {}
            }
            at += 1;
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// Its text as it stands, `br` as a line's end, without what `leave_out` names.
    pub(crate) fn lines_without(self, leave_out: impl Fn(Element<'d>) -> bool) -> String {
        let mut text = String::new();
        let (mut at, end) = (self.at + 1, self.node().end);
        while at < end {
            let element = Self { document: self.document, at };
            match element.node().tag {
                None => text.push_str(self.document.piece(element.node().text)),
                Some(_) if matches!(element.tag(), "script" | "style") || leave_out(element) => {
                    at = element.node().end;
                    continue;
                }
                Some(_) if matches!(element.tag(), "br" | "p" | "div" | "li") => text.push('\n'),
                Some(_) => {}
            }
            at += 1;
        }
        text
    }

    /// The first text directly inside, as it stands: a script's body.
    pub(crate) fn raw(self) -> &'d str {
        let first = self.document.nodes.get(self.at as usize + 1).filter(|_| self.at + 1 < self.node().end);
        first.map_or("", |node| self.document.piece(node.text))
    }
}

/// Adds a text with each run of blanks as one. Invisible joiners, which eBay strews into
/// words, are left out.
fn push_collapsed(text: &mut String, more: &str) {
    for c in more.chars() {
        match c {
            '\u{2060}'..='\u{2064}' | '\u{200b}' | '\u{feff}' => {}
            c if c.is_whitespace() => {
                if !text.is_empty() && !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            c => text.push(c),
        }
    }
}

/// Takes tokens and builds the tree.
struct Builder {
    document: Document,
    /// The open elements, from the outermost.
    open: Vec<u32>,
    /// The attribute whose value comes next, as its index in [`KEPT`].
    attribute: Option<u8>,
}

impl Builder {
    fn take(&mut self, event: CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => self.start(name),
            CallbackEvent::AttributeName { name } => {
                self.attribute = std::str::from_utf8(name).ok().and_then(kept);
                if let Some(name) = self.attribute {
                    self.attribute_value(name, b"");
                }
            }
            CallbackEvent::AttributeValue { value } => {
                if self.attribute.take().is_some() {
                    let value = self.piece(value);
                    if let Some(last) = self.document.attributes.last_mut() {
                        last.value = value;
                    }
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => self.opened(self_closing),
            CallbackEvent::EndTag { name } => self.end(name),
            CallbackEvent::String { value } => self.string(value),
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
    }

    fn start(&mut self, name: &[u8]) {
        if matches!(name, b"li" | b"p" | b"option") {
            self.close_before(name);
        }
        let tag = self.piece(name);
        let attributes = self.document.attributes.len() as u32;
        self.push(Some(tag), Piece::default(), Piece { from: attributes, to: attributes });
        self.attribute = None;
    }

    /// `<li>` ends the `li` before it, unless a list has been opened in that.
    fn close_before(&mut self, name: &[u8]) {
        for depth in (0..self.open.len()).rev() {
            let open = self.name_of(self.open[depth]);
            if open == name {
                self.close_to(depth);
                return;
            }
            if !matches!(open, b"p" | b"span" | b"a" | b"b" | b"i" | b"em" | b"strong") {
                return;
            }
        }
    }

    fn attribute_value(&mut self, name: u8, value: &[u8]) {
        let value = self.piece(value);
        let Some(node) = self.document.nodes.last_mut().filter(|node| node.tag.is_some()) else { return };
        self.document.attributes.push(Attribute { name, value });
        node.attributes.to = self.document.attributes.len() as u32;
    }

    fn opened(&mut self, self_closing: bool) {
        let Some(last) = self.document.nodes.len().checked_sub(1) else { return };
        let name = self.name_of(last as u32);
        // In SVG a tag can close itself; its elements are never asked for.
        let closed = VOID.contains(&name) || (self_closing && matches!(name, b"path" | b"use" | b"circle"));
        if !closed && self.open.len() < MOST_DEPTH {
            self.open.push(last as u32);
        }
    }

    fn end(&mut self, name: &[u8]) {
        self.attribute = None;
        let found = (0..self.open.len()).rev().find(|depth| self.name_of(self.open[*depth]) == name);
        if let Some(depth) = found {
            self.close_to(depth);
        }
    }

    fn close_to(&mut self, depth: usize) {
        let end = self.document.nodes.len() as u32;
        for at in self.open.drain(depth..) {
            self.document.nodes[at as usize].end = end;
        }
    }

    fn string(&mut self, value: &[u8]) {
        let text = self.piece(value);
        self.push(None, text, Piece::default());
    }

    fn push(&mut self, tag: Option<Piece>, text: Piece, attributes: Piece) {
        let at = self.document.nodes.len() as u32;
        let parent = self.open.last().copied().unwrap_or(u32::MAX);
        self.document.nodes.push(Node { tag, text, attributes, parent, end: at + 1 });
    }

    fn piece(&mut self, bytes: &[u8]) -> Piece {
        let from = self.document.text.len() as u32;
        self.document.text.push_str(&String::from_utf8_lossy(bytes));
        Piece { from, to: self.document.text.len() as u32 }
    }

    fn name_of(&self, at: u32) -> &[u8] {
        let tag = self.document.nodes[at as usize].tag.unwrap_or_default();
        self.document.piece(tag).as_bytes()
    }

    fn finish(mut self) -> Document {
        self.close_to(0);
        self.document
    }
}

fn kept(name: &str) -> Option<u8> {
    KEPT.binary_search(&name).ok().and_then(|at| u8::try_from(at).ok())
}
