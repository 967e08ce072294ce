//! What buyers write about our listings.

use autobazaaar_domain::Cents;

use super::manner::styled;
use super::persona::Manner;
use super::words::money;
use crate::dice::Dice;

/// What a buyer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    Offer(Cents),
    Raise(Cents),
    Agree,
    Walk,
    Question,
    Return { overstated: bool },
}

/// A buyer's message.
pub(super) fn buyer(ask: Ask, dice: &mut Dice) -> String {
    let manner = dice.pick(&[Manner::Terse, Manner::Friendly, Manner::Chatty, Manner::Grumpy]);
    let hello = if dice.chance(0.5) {
        dice.pick(&["Hi,", "Hello!", "Hey,", "Good evening,", "Hi there,"])
    } else {
        ""
    };
    let body = match ask {
        Ask::Offer(price) => fill(
            &[
                "would you take {p}?",
                "I can do {p}.",
                "{p} cash?",
                "any chance of {p}?",
                "I'd give you {p} for it.",
                "what about {p}, I can pay today?",
                "is {p} enough?",
                "I have {p} ready.",
                "can you do {p} and ship tomorrow?",
            ],
            price,
            dice,
        ),
        Ask::Raise(price) => fill(
            &[
                "ok {p} then, that's all I have.",
                "how about {p}?",
                "{p} is my max.",
                "I could stretch to {p}.",
                "{p}, last offer.",
                "meet me at {p}.",
            ],
            price,
            dice,
        ),
        Ask::Agree => dice
            .pick(&[
                "ok deal",
                "That works.",
                "Fine, I'll take it.",
                "Agreed, paying now.",
                "Done!",
                "Ok sounds fair.",
            ])
            .to_owned(),
        Ask::Walk => dice
            .pick(&[
                "No thanks then.",
                "I'll keep looking.",
                "Too much for me, sorry.",
                "Found another one.",
                "Ok never mind.",
                "Pass.",
            ])
            .to_owned(),
        Ask::Question => question(dice),
        Ask::Return { overstated: true } => returned(
            &[
                "It is in worse shape than you wrote.",
                "This is not what the description says.",
                "There is damage that is not in the pictures.",
            ],
            dice,
        ),
        Ask::Return { overstated: false } => returned(
            &[
                "It does not fit after all.",
                "I changed my mind.",
                "It is not what I expected.",
                "I ordered the wrong one.",
                "My partner had bought one too.",
            ],
            dice,
        ),
    };
    styled(format!("{hello} {body}").trim().to_owned(), manner, dice)
}

fn question(dice: &mut Dice) -> String {
    let what = dice.pick(&[
        "is it still available?",
        "does it come with everything in the picture?",
        "any scratches?",
        "what is the lowest you would take?",
        "how old is it?",
        "does it work fully?",
        "can you ship it this week?",
        "could you send more photos?",
        "has it been repaired?",
        "is there a warranty left?",
        "why are you selling?",
        "could I pick it up?",
    ]);
    let more = dice.pick(&["", "", " Thanks!", " I can pay right away.", " Asking for my son."]);
    format!("{what}{more}")
}

fn returned(why: &[&str], dice: &mut Dice) -> String {
    let why = dice.pick(why);
    let want = dice.pick(&[
        "I'd like to return it.",
        "Please take it back.",
        "How do I send it back?",
        "I want a refund.",
        "Can I return it?",
    ]);
    if dice.chance(0.5) { format!("{why} {want}") } else { format!("{want} {why}") }
}

fn fill(list: &[&str], price: Cents, dice: &mut Dice) -> String {
    let text = dice.pick(list);
    text.replace("{p}", &money(price, dice))
}
