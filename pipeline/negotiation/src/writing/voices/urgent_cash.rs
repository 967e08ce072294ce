//! Short and decided.
use super::{Truth, Voice};

pub(super) const VOICE: Voice = Voice {
    greetings: &["Hi,", "Hello,", "Hi there,"],
    opening: &[
        "I would like to buy \"{item}\". I offer {price}.",
        "I want \"{item}\" and can decide at once: {price}.",
        "{price} for \"{item}\": would you take it?",
    ],
    counter: &["I can do {price}.", "I go up to {price}. Does that work?", "Let us say {price}."],
    restated: &[
        "{price} is what I can do, all costs counted.",
        "I stay at {price}: that is what it comes to with all costs.",
    ],
    last: &["{price}, and that is my last offer.", "My last offer: {price}. I cannot go higher."],
    accept: &[
        "{price} it is. Where and when?",
        "Agreed at {price}. Tell me where and when.",
        "Good, {price}. When can I have it?",
    ],
    reject: &[
        "Thanks, but that is more than I can pay. I will leave it at that.",
        "Thank you. I cannot do that price, so I am out. Good luck with it.",
    ],
    question: &[
        "About \"{item}\": I did not quite get that. Does my offer work, or what price would?",
        "Just to be clear about \"{item}\": yes to my offer, or another price?",
    ],
    after_answer: &["My offer of {price} stands.", "I am still good for {price}."],
    follow_up: &[
        "Is \"{item}\" still there? My offer stands.",
        "Any thoughts on my offer for \"{item}\"? I am ready to decide.",
    ],
    thanks: &["Thanks,", "Thank you,", "Regards,"],
    tactics: &[
        (Truth::PaysCash, "Cash in hand."),
        (Truth::PaysPromptly, "I pay at once."),
        (Truth::FlexiblePickup, "I come when it suits you."),
    ],
};
