//! Messages that no person wrote, people who want to be left alone, and things that are gone.

use std::sync::LazyLock;

use regex::Regex;

use super::{Automatic, Format};
use crate::lexicon::pattern;

static BOUNCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        \b(?:delivery\ status\ notification|undeliver(?:able|ed)|mail\ delivery\ (?:failed|subsystem|system)|returned\ mail|failure\ notice|delivery\ (?:has\ )?failed|delivery\ incomplete|permanent(?:\ fatal)?\ (?:error|failure)|mailer-daemon|message\ (?:could\ not|was\ not|wasn't|couldn't)\ (?:be\ )?deliver(?:ed)?|(?:could\ not|couldn't|was\ not)\ (?:be\ )?deliver(?:ed)?\ to\ (?:the\ following|one\ or\ more|<?\S+@)|recipient\ address\ rejected|address\ (?:not\ found|rejected|couldn't\ be\ found)|user\ unknown|no\ such\ user|mailbox\ (?:unavailable|full|not\ found|is\ full)|unrouteable\ address)\b
        | \bstatus:\ 5\.\d\.\d | \b55[0-4][\ -]5\.\d\.\d | ^\s*action:\ failed",
    )
});
static AUTO_REPLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        \b(?:out\ of\ (?:the\ )?office|auto(?:matic|mated)?[-\ ]?(?:reply|response|answer|responder)|this\ is\ an\ automat(?:ed|ic)|automatically\ generated|do\ not\ reply\ to\ this\ (?:e-?mail|message)|on\ (?:annual\ |parental\ |maternity\ |sick\ )?(?:leave|vacation|holiday)\ (?:until|from|and\ will)|(?:i\ am|i'm)\ (?:currently\ )?(?:away|on\ (?:vacation|holiday|leave))\b[^.]{0,60}\b(?:until|return|back|access)|limited\ access\ to\ (?:my\ )?e-?mail|(?:we\ have|has\ been)\ received\ your\ (?:message|e-?mail|request|inquiry)|your\ (?:request|ticket|inquiry)\ (?:has\ been|was)\ (?:received|created|opened)|ticket\ (?:number|id)|abwesenheitsnotiz|nicht\ im\ b(?:ü|ue)ro|absence\ du\ bureau|fuera\ de\ la\ oficina)\b",
    )
});
static OPT_OUT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        ^\W*(?:please\W+)?(?:stop|unsubscribe|remove|opt[\ -]?out|end|quit)(?:\W+(?:please|now|it|all|thanks?|thank\ you))?\W*$
        | \bunsubscribe\b | \bopt(?:ing)?[\ -]?out\b | \bremove\ me\b | \btake\ me\ off\b
        | \b(?:stop|quit|cease)\ (?:(?:with\ )?(?:e-?mailing|messaging|contacting|texting|writing|calling|spamming|bothering|harassing|sending)\b|(?:the|these|your)\ (?:e-?mails|messages|spam))
        | \b(?:do\ not|don'?t|never|please\ no(?:t)?|no\ (?:more|further))\ (?:ever\ )?(?:e-?mail|message|contact|text|write|call|bother|send)(?:s|ing|ed)?\b(?:\ (?:to\ )?(?:me|us|this|any|again|anymore|further|here|from\ you|messages|e-?mails)\b)
        | \bno\ (?:more|further)\ (?:e-?mails|messages|contact)\b | \bleave\ me\ alone\b | \b(?:lose|delete|forget)\ my\ (?:number|e-?mail|address|contact)\b | \breport(?:ing|ed)?\ (?:you|this)\ (?:as|for|to)\b | \bdon'?t\ want\ (?:to\ hear|any\ (?:more\ )?(?:messages|e-?mails|contact))\b",
    )
});
static GONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        \b(?:already|just|been|it'?s|it\ is|they'?re|they\ are|item\ is|i(?:'ve)?|has|have|was|got|is|sorry,?)\ (?:already\ |been\ |now\ |just\ )*sold\b(?:\ (?:it|them|already|to\ (?:someone|somebody|another|a)|yesterday|today|this|last|out|sorry))?(?:\W*$|[.,!;]|\ (?:it|them|already|to|yesterday|today|this|last|sorry|on|and))
        | \bno\ longer\ (?:available|for\ sale|have\ (?:it|them)|selling)\b | \bnot\ (?:available|for\ sale)\ any\ ?more\b | \b(?:decided|going)\ (?:not\ to\ sell|to\ keep\ (?:it|them))\b | \bsomeone\ (?:else\ )?(?:already\ )?(?:bought|picked|took)\ (?:it|them)\b | \balready\ gone\b",
    )
});
/// "Not sold yet", "sold as is", "have you sold".
static NOT_GONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:not|n't|isn't|hasn't|haven't|until|unless|before|if|once|when)\b[^.!?]{0,20}\bsold\b|\bsold (?:as|for|with|separately|at|new|me|you|on|in|by|one|several|many|a few|two)\b|\bsold\?",
    )
});

/// Whether a mail is none that a person wrote to us. Only mail can be.
pub(super) fn automatic(whole: &str, own: &str, format: Format) -> Option<Automatic> {
    if format != Format::Mail {
        return None;
    }
    let start: String = whole.chars().take(3_000).collect();
    if BOUNCE.is_match(&start) {
        return Some(Automatic::Bounce);
    }
    AUTO_REPLY.is_match(own).then_some(Automatic::AutoReply)
}

/// Whether the writer wants to hear no more of us.
pub(super) fn opts_out(own: &str) -> bool {
    OPT_OUT.is_match(own) || own.lines().any(|line| OPT_OUT.is_match(line))
}

/// Whether the writer says that the thing is sold or withdrawn.
pub(super) fn gone(own: &str) -> bool {
    GONE.is_match(own) && !NOT_GONE.is_match(own)
}
