//! How people write whatever they have to say.

use super::persona::Manner;
use super::words::names_amount;
use crate::dice::Dice;
use crate::title::typo;

/// How often such a person greets.
pub(super) fn greets(manner: Manner) -> f64 {
    match manner {
        Manner::Terse | Manner::Grumpy => 0.05,
        Manner::Friendly | Manner::Chatty => 0.6,
        Manner::Businesslike => 0.75,
    }
}

/// A greeting.
pub(super) fn greeting(manner: Manner, dice: &mut Dice) -> &'static str {
    match manner {
        Manner::Businesslike => dice.pick(&[
            "Hello,",
            "Good afternoon.",
            "Thank you for your message.",
            "Dear customer,",
            "Hello and thanks for reaching out.",
        ]),
        Manner::Chatty => {
            dice.pick(&["Hey there!", "Hi!! How are you?", "Oh hi,", "Hey, thanks for writing!", "Hi hi,"])
        }
        _ => dice.pick(&["Hi,", "Hey,", "Hello!", "Hi there,", "Hey thanks for your interest."]),
    }
}

/// How often such a person ends with more than a full stop.
pub(super) fn closes(manner: Manner) -> f64 {
    match manner {
        Manner::Terse | Manner::Grumpy => 0.05,
        Manner::Friendly => 0.4,
        Manner::Chatty => 0.7,
        Manner::Businesslike => 0.6,
    }
}

/// An ending.
pub(super) fn closing(manner: Manner, dice: &mut Dice) -> &'static str {
    match manner {
        Manner::Businesslike => dice.pick(&[
            "Kind regards",
            "Best, the shop",
            "We are open until six.",
            "Let us know.",
            "Regards",
        ]),
        Manner::Chatty => dice.pick(&[
            "Have a good one!",
            "Hope the weather holds where you are :)",
            "Say hi to the family lol",
            "Talk soon!",
            "God bless",
        ]),
        _ => dice.pick(&[
            "Thanks!",
            "Thanks for understanding.",
            "Let me know :)",
            "Cheers",
            "Have a nice day",
        ]),
    }
}

/// As this person types.
pub(super) fn styled(text: String, manner: Manner, dice: &mut Dice) -> String {
    let mut text = text;
    let careless = !matches!(manner, Manner::Businesslike);
    if careless && dice.chance(0.3) {
        text = text.to_lowercase();
    } else if manner == Manner::Grumpy && dice.chance(0.1) {
        text = text.to_uppercase();
    }
    if careless && dice.chance(0.25) {
        text = text.trim_end_matches('.').replace(". ", if dice.chance(0.5) { " " } else { ".. " });
    }
    // A slip could change a price.
    if careless && dice.chance(0.12) && !names_amount(&text) {
        typo(&mut text, dice);
    }
    if matches!(manner, Manner::Chatty | Manner::Friendly) && dice.chance(0.1) {
        text.push_str(dice.pick(&[" 😊", " 👍", " 🙏", " 😅"]));
    }
    text
}
