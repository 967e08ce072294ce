//! As the seller of a listing of ours.
use super::Voice;

pub(super) const VOICE: Voice = Voice {
    greetings: &["Hello,", "Hi,", "Good day,"],
    opening: &[
        "You showed interest in \"{item}\". I can let you have it for {price}.",
        "Thank you for your interest in \"{item}\". I could sell it to you for {price}.",
    ],
    counter: &[
        "Thank you for your offer. I could let it go for {price}.",
        "I can come down to {price}. Does that work for you?",
        "Let me meet you part of the way: {price}.",
    ],
    restated: &[
        "Thank you. All costs counted, I stay with {price}.",
        "I have checked my figures, and {price} is the price I can sell at.",
    ],
    last: &[
        "{price} is the lowest I can go, and my last word on the price.",
        "I can do {price} and no less; that is my last offer.",
    ],
    accept: &[
        "Thank you, {price} it is. I will get it ready for you.",
        "Agreed at {price}. Please complete the purchase and I will get it ready.",
    ],
    reject: &[
        "Thank you for your interest. I cannot sell at that price, so I will leave it listed. You are welcome to write again.",
        "Thank you for your offer. It is below what I can sell at, so I have to decline.",
    ],
    question: &[
        "Thank you for your message about \"{item}\". May I ask which price you had in mind?",
        "Thank you for writing about \"{item}\". I am not sure I understood: would you like to buy it, and at which price?",
    ],
    after_answer: &["You could have it for {price}.", "The price of {price} stands."],
    follow_up: &[
        "Are you still interested in \"{item}\"? It is still available.",
        "I wanted to ask if you have decided about \"{item}\".",
    ],
    thanks: &["Kind regards,", "Thank you,", "Best regards,"],
    tactics: &[],
};
