//! What people of the market write: put together from parts, not picked from a list of sentences.

use autobazaaar_domain::Cents;

use super::manner::{closes, closing, greeting, greets, styled};
use super::persona::Persona;
use super::speech_deal::{accept, counter, decline, insulted, scam};
use crate::dice::Dice;

/// What somebody has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Say {
    Accept(Cents),
    /// A fraud agrees to anything.
    ScamAccept(Cents),
    Counter(Cents),
    Decline,
    Insulted,
    Question,
    Ramble,
    OptOut,
    StillThere,
    Arrange,
    Sold,
    Wanted,
    DownPayment,
}

/// A seller's message. `ask` and `offer` (our last one) may be named in it.
pub(super) fn seller(
    said: &[Say],
    who: &Persona,
    ask: Cents,
    offer: Option<Cents>,
    dice: &mut Dice,
) -> String {
    let mut parts: Vec<String> = Vec::with_capacity(6);
    if dice.chance(greets(who.manner)) {
        parts.push(greeting(who.manner, dice).to_owned());
    }
    for say in said {
        let core = match say {
            Say::Accept(price) => accept(*price, dice),
            Say::ScamAccept(price) => scam(*price, dice),
            Say::Counter(price) => counter(*price, who, ask, offer, dice),
            Say::Decline => decline(offer, dice),
            Say::Insulted => insulted(offer, dice),
            Say::Question => question(dice),
            Say::Ramble => ramble(dice),
            Say::OptOut => opt_out(dice),
            Say::StillThere => still_there(dice),
            Say::Arrange => arrange(dice),
            Say::Sold => sold(dice),
            Say::Wanted => one(
                dice,
                &["I am the one looking to buy, not selling.", "This is a wanted ad, do you have one?"],
            ),
            Say::DownPayment => one(
                dice,
                &[
                    "That is only the down payment, we finance the rest.",
                    "The amount shown is what you pay down. Want to apply?",
                ],
            ),
        };
        parts.push(core);
    }
    let refuses = said.iter().any(|say| matches!(say, Say::Decline | Say::Insulted | Say::Counter(_)));
    // Nobody wishes a nice day to whom he shows the door.
    let angry = said.iter().any(|say| matches!(say, Say::Insulted | Say::OptOut));
    if who.rude && refuses && dice.chance(0.7) {
        parts.push(rude(dice));
    } else if !angry && dice.chance(closes(who.manner)) {
        parts.push(closing(who.manner, dice).to_owned());
    }
    styled(parts.join(" "), who.manner, dice)
}

fn question(dice: &mut Dice) -> String {
    let lead = one(
        dice,
        &[
            "Maybe.",
            "Depends.",
            "Possibly,",
            "Before I say yes or no:",
            "Let me think about it.",
            "Could be.",
            "Hmm.",
        ],
    );
    let ask = one(
        dice,
        &[
            "When could you pick it up?",
            "Would that be cash?",
            "Are you local?",
            "Where would you be coming from?",
            "Do you need it shipped?",
            "What would you use it for?",
            "Can you come tonight?",
            "Do you need the charger too?",
            "Is that for everything in the picture?",
            "Are you a dealer?",
        ],
    );
    format!("{lead} {ask}")
}

fn ramble(dice: &mut Dice) -> String {
    let start = one(
        dice,
        &["So the thing is,", "Well you know,", "Long story,", "Funny you write today,", "Honestly,"],
    );
    let middle = one(
        dice,
        &[
            "my sister was supposed to take it but she moved and now it sits here",
            "we had the garage flooded in spring and this was the only thing that stayed dry",
            "I put it up because we are redoing the room and the dog keeps sleeping on it",
            "I got it from a fellow at work who had two of them and never used this one",
            "somebody wanted it last week and then his truck broke down",
        ],
    );
    let end = one(
        dice,
        &[
            "anyway I have to ask my husband.",
            "so I am not sure what to do yet.",
            "but we will see how it goes.",
            "and that is how I ended up with it.",
            "I'll have to look at my calendar.",
        ],
    );
    format!("{start} {middle}, {end}")
}

fn opt_out(dice: &mut Dice) -> String {
    let stop = one(
        dice,
        &[
            "Stop messaging me.",
            "Please do not contact me again.",
            "Unsubscribe.",
            "Take me off your list.",
            "STOP",
            "Do not write to me any more.",
            "Remove my address please.",
        ],
    );
    let why = one(
        dice,
        &[
            "I don't deal with bots.",
            "No agents.",
            "I only sell in person.",
            "I get ten of these a day.",
            "I'll report you next time.",
        ],
    );
    if dice.chance(0.5) { format!("{stop} {why}") } else { stop }
}

fn still_there(dice: &mut Dice) -> String {
    let yes = one(
        dice,
        &[
            "Yes it's available.",
            "Still have it.",
            "Yep, still here.",
            "It is.",
            "Yes, haven't sold it yet.",
            "Available.",
        ],
    );
    let more = one(
        dice,
        &[
            "Are you interested?",
            "Make me an offer.",
            "When would you want to look at it?",
            "What did you have in mind?",
            "Lots of people asking.",
            "You can see it any evening.",
        ],
    );
    if dice.chance(0.7) { format!("{yes} {more}") } else { yes }
}

fn arrange(dice: &mut Dice) -> String {
    one(
        dice,
        &[
            "See you then.",
            "Ok, I'll be there.",
            "Great, text me when you are on the way.",
            "Fine with me.",
            "Ok, I'll have it ready.",
            "Perfect, thanks.",
        ],
    )
}

fn sold(dice: &mut Dice) -> String {
    let sorry = one(dice, &["Sorry,", "Hi, sorry,", "Oh,", "Thanks but", "Unfortunately"]);
    let gone = one(
        dice,
        &[
            "it sold this morning.",
            "it's gone.",
            "somebody just picked it up.",
            "I sold it already.",
            "it went to someone else.",
            "no longer available.",
        ],
    );
    format!("{sorry} {gone}")
}

fn rude(dice: &mut Dice) -> String {
    one(
        dice,
        &[
            "Learn what things cost.",
            "Stop wasting people's time.",
            "Clown.",
            "You people are unbelievable.",
            "Get a job.",
            "Ridiculous.",
            "What planet are you from.",
        ],
    )
}

/// One of several, as a text of its own.
pub(super) fn one(dice: &mut Dice, list: &[&str]) -> String {
    dice.pick(list).to_owned()
}
