//! Businesslike and to the point: a quick decision, reliably kept.
use super::{Truth, Voice};

pub(super) const VOICE: Voice = Voice {
    greetings: &["Good day,", "Dear Sir or Madam,", "Hello,"],
    opening: &[
        "I would like to buy \"{item}\" and offer {price}.",
        "With reference to your listing \"{item}\", I would like to make you an offer of {price}.",
        "I am interested in purchasing \"{item}\" and can offer {price}.",
    ],
    counter: &[
        "Thank you for your reply. I can raise my offer to {price}.",
        "I have reviewed your reply and can offer {price}.",
        "Thank you. I am able to improve my offer to {price}.",
    ],
    restated: &[
        "Having counted all costs, I maintain my offer of {price}. I would be grateful if you considered it.",
        "My calculation, with all costs, leaves me at {price}. I therefore stand by this offer.",
    ],
    last: &[
        "My last offer is {price}. It is the most that my calculation allows.",
        "I can offer {price} as my last and best offer.",
    ],
    accept: &[
        "Thank you. I confirm the purchase at {price}. Please let me know how you would like to be paid and when it can be handed over.",
        "Agreed at {price}. Please tell me your preferred way of payment and a time for the hand-over.",
    ],
    reject: &[
        "Thank you for your reply. Your price is above what I can pay, so I will not pursue it further. I wish you a good sale.",
        "Thank you for your time. I am not able to meet that price and therefore withdraw from this purchase.",
    ],
    question: &[
        "Thank you for your message regarding \"{item}\". May I ask whether my offer is acceptable to you, or which price you would require?",
        "Thank you for your reply about \"{item}\". Could you please clarify whether you accept my offer or would prefer another price?",
    ],
    after_answer: &["My offer of {price} remains valid.", "I remain interested at {price}."],
    follow_up: &[
        "May I ask whether you have come to a decision on \"{item}\"? My offer remains open.",
        "I am writing to follow up on \"{item}\". I remain interested and look forward to your reply.",
    ],
    thanks: &["Kind regards,", "Yours sincerely,", "With best regards,"],
    tactics: &[
        (Truth::PaysPromptly, "Payment follows as soon as it is settled."),
        (Truth::Invoice, "I would be glad of an invoice."),
        (Truth::FlexiblePickup, "I can arrange the collection for a time that suits you."),
    ],
};
