//! Answers to questions, from facts alone.

use std::sync::LazyLock;

use autobazaaar_domain::words;
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::lexicon::pattern;

words! {
    /// What a question is about.
    Topic {
        Pickup = "pickup", Delivery = "delivery", Payment = "payment", Condition = "condition",
        Age = "age", Reason = "reason", Availability = "availability", Size = "size",
        Accessories = "accessories", Identity = "identity", Interest = "interest", Location = "location",
    }
}

/// What may be said on a topic: one or two whole sentences of the owner or the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    pub topic: Topic,
    pub text: String,
}

/// What the facts answer of several questions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answered {
    /// Sentences to say, each once.
    pub answers: Vec<String>,
    /// Questions that nothing known answers: for the owner.
    pub open: Vec<String>,
}

/// Finds an answer to each question among the facts.
#[must_use]
pub fn answer(questions: &[String], facts: &[Fact]) -> Answered {
    let mut answered = Answered::default();
    for question in questions {
        let topics = topics(question);
        let found: Vec<&Fact> = facts.iter().filter(|fact| topics.contains(&fact.topic)).collect();
        let complete =
            !topics.is_empty() && topics.iter().all(|topic| found.iter().any(|fact| fact.topic == *topic));
        if !complete {
            answered.open.push(question.clone());
        }
        for fact in found {
            if !answered.answers.contains(&fact.text) {
                answered.answers.push(fact.text.clone());
            }
        }
    }
    answered
}

static TOPICS: LazyLock<Vec<(Topic, Regex)>> = LazyLock::new(|| {
    let of = |topic, words: &str| (topic, pattern(&format!(r"(?i)\b(?:{words})")));
    vec![
        of(
            Topic::Identity,
            r"robot|bot\b|automated|real person|human|who are you|who am i|dealer|resell|flip",
        ),
        of(Topic::Delivery, r"deliver|ship|post(?:age|ing)?\b|mail it|drop(?:ped)? (?:it )?off|courier"),
        of(
            Topic::Pickup,
            r"pick|come (?:by|over|get|and)|collect it|when (?:can|could|would|are)|what time|how soon|today|tomorrow|tonight|this weekend|truck|load|haul",
        ),
        of(Topic::Payment, r"pay(?:ing|ment)?\b|cash|venmo|paypal|zelle|check\b|cheque|transfer"),
        of(
            Topic::Condition,
            r"condition|scratch|damage|work(?:s|ing)?\b|broken|dent|crack|stain|wear|rust|tested|function",
        ),
        of(Topic::Age, r"how old|how long have|what year|age\b|when did you (?:buy|get)"),
        of(Topic::Reason, r"why (?:are|do|would) you (?:sell|part|get)|reason"),
        of(Topic::Availability, r"(?:still )?available|still (?:have|for sale|there)|sold (?:yet|already)"),
        of(Topic::Size, r"how (?:big|large|tall|wide|long|heavy)\b|dimension|size\b|measure|weigh"),
        of(
            Topic::Accessories,
            r"come with|include|accessor|charger|manual\b|box\b|original pack|keys?\b|warranty|receipt",
        ),
        of(Topic::Interest, r"interested|still want"),
        of(
            Topic::Location,
            r"where (?:are|is|do)|what (?:area|city|part of town)|how far|location|address|live (?:near|in|around)",
        ),
    ]
});

/// What a question is about, most telling first; none where no word tells.
fn topics(question: &str) -> Vec<Topic> {
    let mut found: Vec<Topic> =
        TOPICS.iter().filter(|(_, words)| words.is_match(question)).map(|(topic, _)| *topic).collect();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_what_the_facts_hold_and_leaves_the_rest_to_the_owner() {
        let fact = |topic, text: &str| Fact { topic, text: text.to_owned() };
        let facts = [
            fact(Topic::Pickup, "I can come any evening after six."),
            fact(Topic::Payment, "I pay cash on pick-up."),
        ];
        let asked = [
            "When could you pick it up?",
            "Will you pay cash?",
            "Why do you want it?",
            "Can you pick it up and how would you pay?",
        ];
        let questions: Vec<String> = asked.iter().map(|&text| text.to_owned()).collect();
        let answered = answer(&questions, &facts);
        assert_eq!(answered.answers, ["I can come any evening after six.", "I pay cash on pick-up."]);
        assert_eq!(answered.open, ["Why do you want it?"]);
    }
}
