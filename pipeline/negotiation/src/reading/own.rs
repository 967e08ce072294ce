//! A mail without what it quotes and without its signature.
//!
//! Where it is unclear whose a line is, it is dropped: a line of the writer's that is missing
//! leaves the message unclear, a foreign one could be taken for their word.

use std::sync::LazyLock;

use regex::Regex;

use crate::lexicon::pattern;

/// Longest header of a quote, in lines: "On … \n … \n wrote:".
const HEADER_LINES: usize = 5;
/// Longest signature after a closing, in lines that are not blank.
const SIGNATURE_LINES: usize = 9;

/// The writer's own lines of a mail's text, without blank lines at its ends.
#[must_use]
pub fn own_text(mail: &str) -> String {
    let lines: Vec<&str> = mail.lines().map(|line| line.trim_end_matches('\r')).collect();
    let own = own_lines(&lines);
    let kept: Vec<&str> =
        lines.iter().zip(&own).filter(|(_, own)| **own).map(|(line, _)| line.trim_end()).collect();
    kept.join("\n").trim().to_owned()
}

/// Which lines are the writer's own; blank lines among them count as theirs.
pub(super) fn own_lines(lines: &[&str]) -> Vec<bool> {
    let mut own = vec![false; lines.len()];
    let mut at = 0;
    while at < lines.len() {
        if let Some(length) = quote_header(lines, at) {
            if !marked_quote_follows(lines, at + length) {
                break;
            }
            at += length;
            continue;
        }
        if cuts_rest(lines, at) {
            break;
        }
        own[at] = !is_marked(lines[at]) && !wrapped_quote(lines, at);
        at += 1;
    }
    drop_signature(lines, &mut own);
    own
}

/// Number of lines from here that introduce a quote; `None` where none do.
fn quote_header(lines: &[&str], at: usize) -> Option<usize> {
    let first = lines[at].trim();
    if first.is_empty() || is_marked(lines[at]) || !HEADER_START.is_match(first) {
        return None;
    }
    let mut joined = String::new();
    for (count, line) in lines[at..].iter().take(HEADER_LINES).enumerate() {
        let line = line.trim();
        // An address may be wrapped before its ">:".
        if line.is_empty() || (is_marked(line) && !line.starts_with(">:")) {
            return None;
        }
        if count > 0 {
            joined.push(' ');
        }
        joined.push_str(line);
        if is_header(&joined) {
            return Some(count + 1);
        }
    }
    None
}

/// "On DATE, NAME wrote:" in some language: a verb of writing beside a date, or a date, an address
/// and a colon at the end.
fn is_header(line: &str) -> bool {
    if line.len() > 600 || !line.chars().any(|c| c.is_ascii_digit()) {
        return false;
    }
    let ends = WROTE_AT_END.is_match(line) || (WROTE.is_match(line) && line.ends_with(':'));
    let dated = DATE.is_match(line);
    (ends && (dated || ADDRESS.is_match(line))) || (line.ends_with(':') && dated && ADDRESS.is_match(line))
}

/// Whether the next line that is not blank is marked as quoted.
fn marked_quote_follows(lines: &[&str], at: usize) -> bool {
    lines[at.min(lines.len())..]
        .iter()
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| is_marked(line))
}

fn is_marked(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('>')
        || line.starts_with("&gt;")
        || line.starts_with("| ")
        || line.starts_with('\u{2502}')
}

/// A line between two marked ones without a blank: the end of a quoted line that was wrapped.
fn wrapped_quote(lines: &[&str], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| lines.get(before)).is_some_and(|line| is_marked(line));
    let after = lines.get(at + 1).is_some_and(|line| is_marked(line));
    before && after && !lines[at].trim().is_empty()
}

/// Whether this line and all after it are foreign: a line that parts off an older mail, a block of
/// header fields, a signature's delimiter, or "sent from my phone".
fn cuts_rest(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    DELIMITER.is_match(line)
        || DIVIDER.is_match(line)
        || SENT_FROM.is_match(line) && is_short(line)
        || field_block(lines, at)
}

fn is_short(line: &str) -> bool {
    let line = line.split('<').next().unwrap_or(line).trim();
    line.split_whitespace().count() <= 9
        && !line.ends_with('.')
        && !line.contains(", ")
        && line.chars().count() <= 70
}

/// A block of header fields: `From: …` and another field, or three fields with an address.
fn field_block(lines: &[&str], at: usize) -> bool {
    if !FIELD.is_match(lines[at]) {
        return false;
    }
    let following = lines[at + 1..].iter().take(8);
    let block: Vec<&str> = std::iter::once(&lines[at])
        .chain(following)
        .copied()
        .filter(|line| !line.trim().is_empty())
        .take_while(|line| FIELD.is_match(line) || line.trim_start().starts_with('<'))
        .take(6)
        .collect();
    let from = FROM.is_match(lines[at])
        || block.iter().skip(1).any(|line| FROM.is_match(line) && ADDRESS.is_match(line));
    let addressed = block.iter().any(|line| ADDRESS.is_match(line));
    block.len() >= 2 && from || block.len() >= 3 && addressed
}

/// Drops a closing ("Kind regards,") with the few lines after it, and a last line "- Name".
fn drop_signature(lines: &[&str], own: &mut [bool]) {
    let kept: Vec<usize> = (0..lines.len()).filter(|&at| own[at] && !lines[at].trim().is_empty()).collect();
    let near_end = kept.len().saturating_sub(SIGNATURE_LINES + 1);
    let closing = (near_end..kept.len()).find(|&place| {
        let after: Vec<&str> = kept[place + 1..].iter().map(|&at| lines[at].trim()).collect();
        closes(lines[kept[place]].trim(), &after)
    });
    if let Some(from) = closing.map(|place| kept[place]) {
        own[from..].fill(false);
    } else if let Some(&last) = kept.last()
        && kept.len() > 1
        && SIGNED.is_match(lines[last].trim())
    {
        own[last..].fill(false);
    }
}

/// Whether a line is a closing, given the lines after it.
fn closes(line: &str, after: &[&str]) -> bool {
    let names = after.first().is_none_or(|name| NAME.is_match(name));
    if CLOSING.is_match(line) {
        return after.len() <= SIGNATURE_LINES && after.iter().all(|line| line.chars().count() <= 80);
    }
    THANKS.is_match(line)
        && names
        && !after.is_empty()
        && after.iter().all(|line| line.chars().count() <= 60 && !line.ends_with(['?', ',']))
}

/// What a header of a quote starts with: a word for "on", a day, a date, an address.
static HEADER_START: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)^[-*_"'<\[(\s]*(?:on|am|le|el|il|em|op|den|dne|dnia|w dniu|på|pe|à|à la date|in data|a|kl|vào|pada|在|于|date|quoting|\d|\p{L}{2,12}\.?,? ?\d|\p{L}{2,12}\.?, |[^\s@]+@)"#,
    )
});
/// Verbs of writing, as mail programs use them.
static WROTE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\bwrote\b|\bwrites\b|\bschrieb\b|a écrit|\bha scritto\b|\bescribió\b|\bescreveu\b|\bschreef\b|\bskrev\b|\bkirjoitti\b|napisał|\bírta\b|\bnapsal|написал|пишет|писал|написа|写道|寫道|のメール|yazdı|\ba scris\b|\bεγραψε\b|έγραψε|작성|viết|\bsaid\b|\bescrigué\b|\bva escriure\b|\bidatzi\b)",
    )
});
static WROTE_AT_END: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:wrote|writes|schrieb|a écrit|ha scritto|escribió|escreveu|schreef|skrev|kirjoitti|napisał(?:\(a\))?|írta|написал(?:\(а\)|а)?|пишет|写道|寫道|yazdı|a scris|έγραψε)\s?[:：]?[-\s*]*$",
    )
});
static DATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[:.h]\d{2}"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[^\s<>@]+@[^\s<>@]+|<[^>]*>?$"));
/// A signature's delimiter, or a line of dashes alone.
static DELIMITER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:-{2,}|_{2,}|={3,}|—+|–{2,}|\*{5,}|#{5,}|~{3,}|\u{2014}+|\u{2500}+)$"));
/// "-----Original Message-----", whatever the language.
static DIVIDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:[-_=*]{3,}\s?[^-_=*].{1,120}[-_=*]{3,}|begin forwarded message:?|forwarded message:?|original message:?|(?:\*|_)*original[- ]message(?:\*|_)*)$",
    )
});
static SENT_FROM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\W_]*(?:(?:sent|enviado|envoyé|gesendet|inviato|verzonden|verstuurd|sendt|skickat|lähetetty|wysłan[eoay]|отправлено|odesláno|trimis|mengirim)\s(?:from|via|with|by|using|depuis|de|à partir|von|mit|über|desde|do|da|con|vanaf|van|met|fra|från|via|z|ze|с|din|iz|laitteesta)\b|envoyé de|get outlook for|(?:scarica|télécharge[rz]?|obtenir|hol|holen sie sich|ottieni|obtener|descarga|obter|download) outlook|von meinem \S+ gesendet|von \S+ gesendet|(?:lähetetty|skickat|отправлено)\b|發自我的|发自我的|iphoneから)",
    )
});
/// A field of a mail's header, marked or not.
static FIELD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[\s>*|]{0,12}\*?\p{L}[\p{L}' -]{0,24}\s?:\*?(?:[^/]|$)"));
static FROM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s>*|]{0,12}\*?(?:from|von|de|da|van|fra|från|od|от|lähettäjä|feladó|expéditeur|remitente|mittente|kimden|de la|发件人|寄件者|差出人|message du|gönderen|από)\s?:",
    )
});
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:with\s)?(?:best|kind|kindest|warm|warmest|many|my|most)?\s?(?:regards|wishes|greetings)|(?:yours\s)?(?:sincerely|truly|faithfully)(?:\syours)?|(?:all\sthe\s)?best|cordially|respectfully|mit freundlichen grüßen|(?:viele|liebe|beste|freundliche) grüße|mfg|lg|cordialement|bien à vous|saludos|un saludo|atentamente|cordiali saluti|distinti saluti|saluti|atenciosamente|abraços|met vriendelijke groet(?:en)?|groeten|vriendelijke groet|med vennlig hilsen|mvh|(?:med )?vänliga hälsningar|ystävällisin terveisin|с уважением|z poważaniem|pozdrawiam|üdvözlettel)\W*$",
    )
});
static THANKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:many\s)?thanks(?:\s(?:a lot|again|so much|and regards|in advance))?|thank you(?:\s(?:very much|so much|again|and regards|in advance))?|thx|cheers|ciao|bye|take care|merci|danke|gracias|grazie|obrigad[oa]|tack|takk)\W*$",
    )
});
/// A name alone on its line.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\p{Lu}[\p{L}'.-]*(?:\s(?:\p{Lu}|&)[\p{L}'.-]*){0,3}[,.!]?$"));
/// "-Jane Doe" at the end.
static SIGNED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[-–—~*]{1,2}\s?\p{Lu}[\p{L}'.]*(?:\s\p{Lu}[\p{L}'.]*){0,3}$"));
