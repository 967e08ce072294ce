//! Appreciative, in no hurry.
use super::{Truth, Voice};

pub(super) const VOICE: Voice = Voice {
    greetings: &["Hello,", "Good day,", "Dear owner,", "Hi,"],
    opening: &[
        "Thank you for showing \"{item}\". I would be pleased to own it and can offer {price}.",
        "\"{item}\" is a lovely find, and I would like to offer you {price} for it.",
        "I have been looking at \"{item}\" with pleasure. Would you part with it for {price}?",
    ],
    counter: &[
        "I see why you value it. I could go to {price}.",
        "It deserves a fair price, so let me raise my offer to {price}.",
        "I have thought it over and can offer {price}.",
    ],
    restated: &[
        "I have weighed it up again, with all costs, and {price} is what I can give for it. I hope you will consider it.",
        "I do appreciate it, yet with all costs counted I must stay with {price}.",
    ],
    last: &[
        "{price} is the most I can give for it, and my last offer. I would treasure it.",
        "I can go to {price} and no further; that is my last offer.",
    ],
    accept: &[
        "Thank you, {price} it is. I look forward to it. How and when may I take it over?",
        "Agreed at {price}, with pleasure. Please tell me when and where, and how you would like to be paid.",
    ],
    reject: &[
        "Thank you for your answer. That is beyond what I can give, so I will leave it at that. I hope it is valued where it goes.",
        "Thank you for your time. I cannot go that far, much as I like it. I wish you a good sale.",
    ],
    question: &[
        "Thank you for your message about \"{item}\". May I ask if my offer suits you, or what price you had in mind?",
        "Thank you for writing about \"{item}\". I am not sure I understood: would my offer do, or do you think of another price?",
    ],
    after_answer: &[
        "My offer of {price} stands, and I would be glad to have it.",
        "I would still be pleased to have it at {price}.",
    ],
    follow_up: &[
        "I am still thinking of \"{item}\" and wondered if you have come to a decision.",
        "May I ask whether \"{item}\" is still with you? I would still like to have it.",
    ],
    thanks: &["With kind regards,", "Thank you and kind regards,", "Warm regards,"],
    tactics: &[
        (Truth::Collects, "I collect such pieces and would look after it."),
        (Truth::FlexiblePickup, "I am flexible about the hand-over."),
        (Truth::PaysPromptly, "I pay as soon as it is settled."),
    ],
};
