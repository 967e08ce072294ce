//! Named facts of a listing in one piece of memory: a map of its own for each of a million listings
//! takes half a kilobyte apiece, this a tenth.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Names and values, ordered by name, each name once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Name, value, name, value, without anything between.
    text: Box<str>,
    /// Where each of these ends, bytes.
    ends: Box<[u32]>,
}

impl Attributes {
    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Name and value of each, in the order of names.
    #[must_use]
    pub fn iter(&self) -> Iter<'_> {
        Iter { attributes: self, next: 0 }
    }

    /// Names in their order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len() / 2
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn part(&self, number: usize) -> Option<&str> {
        let to = *self.ends.get(number)? as usize;
        let from = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        self.text.get(from..to)
    }
}

/// Goes through names and values.
#[derive(Debug, Clone)]
pub struct Iter<'a> {
    attributes: &'a Attributes,
    /// Number of the next name's part.
    next: usize,
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let pair = (self.attributes.part(self.next)?, self.attributes.part(self.next + 1)?);
        self.next += 2;
        Some(pair)
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = (&'a str, &'a str);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Of a name that comes twice, the later value stays. Together they may hold 4 GB of text; what
/// does not fit any more is left out.
impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let pairs: Vec<(N, V)> = pairs.into_iter().collect();
        let ordered: BTreeMap<&str, &str> = pairs.iter().map(|(n, v)| (n.as_ref(), v.as_ref())).collect();
        let mut text = String::with_capacity(ordered.iter().map(|(n, v)| n.len() + v.len()).sum());
        let mut ends = Vec::with_capacity(2 * ordered.len());
        for (name, value) in ordered {
            let name_ends = text.len() + name.len();
            let (Ok(name_ends), Ok(ends_at)) =
                (u32::try_from(name_ends), u32::try_from(name_ends + value.len()))
            else {
                break;
            };
            text.push_str(name);
            text.push_str(value);
            ends.extend([name_ends, ends_at]);
        }
        Self { text: text.into(), ends: ends.into() }
    }
}

impl From<BTreeMap<String, String>> for Attributes {
    fn from(map: BTreeMap<String, String>) -> Self {
        map.iter().collect()
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::<String, String>::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_is_found_in_nothing() {
        let none = Attributes::default();
        assert!(none.is_empty() && none.get("").is_none() && none.iter().next().is_none());
    }

    proptest! {
        #[test]
        fn holds_what_a_map_holds(map: BTreeMap<String, String>, other: String) {
            let attributes: Attributes = map.iter().collect();
            let pairs: Vec<(&str, &str)> = map.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            prop_assert_eq!(attributes.iter().collect::<Vec<_>>(), pairs);
            prop_assert_eq!(attributes.len(), map.len());
            let json = serde_json::to_string(&attributes).unwrap();
            prop_assert_eq!(&json, &serde_json::to_string(&map).unwrap());
            prop_assert_eq!(&serde_json::from_str::<Attributes>(&json).unwrap(), &attributes);
            for name in map.keys().chain([&other]) {
                prop_assert_eq!(attributes.get(name), map.get(name).map(String::as_str));
            }
        }
    }
}
