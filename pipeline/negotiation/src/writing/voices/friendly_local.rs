//! Warm and easy-going: a neighbour who would come by.
use super::{Truth, Voice};

pub(super) const VOICE: Voice = Voice {
    greetings: &["Hi,", "Hello there,", "Hi there,", "Good day,"],
    opening: &[
        "I saw your listing \"{item}\" and I would be glad to have it. Would you take {price}?",
        "Your \"{item}\" caught my eye. Would {price} work for you?",
        "I am interested in \"{item}\". Could we say {price}?",
    ],
    counter: &[
        "I could come up to {price} for it. How does that sound?",
        "Let me meet you part of the way: would {price} do?",
        "I can stretch to {price}. Would that suit you?",
    ],
    restated: &[
        "I have gone through my figures again, costs and all, and {price} is what I can pay. Would you think it over?",
        "All costs counted, {price} is where I come out, so I would like to stay with it. Does it work for you?",
    ],
    last: &[
        "{price} is the most I can do, so this is my last offer. I would be happy if it works for you, and no hard feelings if not.",
        "I can go to {price}, and that is as far as I can go. If it suits you, I would love to have it.",
    ],
    accept: &[
        "Wonderful, {price} it is. When and where would it suit you to hand it over?",
        "Great, let us do it at {price}. Just tell me a time and place that suit you.",
        "{price} it is, thank you! Tell me when and where, and how you would like to be paid.",
    ],
    reject: &[
        "Thank you for getting back to me. I cannot go that far, so I will leave it at that. I hope it finds a good home.",
        "Thanks for your answer. That is more than I can pay, so I will step back. All the best with it.",
    ],
    question: &[
        "Thank you for your message about \"{item}\". I am not quite sure what you meant: does my offer suit you, or is there a price you have in mind?",
        "Thanks for writing back. Just to be sure I understood you about \"{item}\": is my offer all right, or would you need another price?",
    ],
    after_answer: &[
        "My offer of {price} stands. What do you think?",
        "And I would still be happy to take it at {price}.",
    ],
    follow_up: &[
        "I wanted to ask if you have had a chance to think about \"{item}\". I am still interested.",
        "Just checking in about \"{item}\": I would still be glad to have it. What do you think of my offer?",
    ],
    thanks: &["Thank you,", "Thanks a lot,", "Kind regards,"],
    tactics: &[
        (Truth::LivesNear, "I live near {place}, so that picking it up is easy for me."),
        (Truth::FlexiblePickup, "I can come by whenever it suits you."),
        (Truth::PaysCash, "I would pay in cash."),
    ],
};
