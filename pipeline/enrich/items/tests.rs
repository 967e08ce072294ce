//! What is one item, and what only looks like it.

use proptest::prelude::*;

use super::*;

/// A listing to build examples from; everything owned.
#[derive(Debug, Clone)]
struct Post {
    key: ListingKey,
    title: String,
    description: Option<String>,
    price: i64,
    attributes: Attributes,
    images: Vec<String>,
    seller: Option<String>,
    days: (i64, i64),
}

impl Post {
    fn new(key: &str, title: &str, dollars: i64) -> Self {
        Self {
            key: key.parse().unwrap(),
            title: title.into(),
            description: None,
            price: dollars * 100,
            attributes: Attributes::default(),
            images: vec![],
            seller: None,
            days: (0, 0),
        }
    }

    fn text(mut self, text: &str) -> Self {
        self.description = Some(text.into());
        self
    }

    fn seller(mut self, seller: &str) -> Self {
        self.seller = Some(seller.into());
        self
    }

    fn days(mut self, first: i64, last: i64) -> Self {
        self.days = (first, last);
        self
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.attributes = self.attributes.iter().chain([(name, value)]).collect();
        self
    }

    fn images(mut self, images: &[&str]) -> Self {
        self.images = images.iter().map(|&image| image.into()).collect();
        self
    }

    fn facts(&self) -> ListingFacts<'_> {
        let day = |day: i64| Utc::from_timestamp_millis(day * 86_400_000).unwrap();
        ListingFacts {
            key: &self.key,
            title: &self.title,
            description: self.description.as_deref(),
            category: "any",
            condition: None,
            currency: Currency::USD,
            price: Some(Cents(self.price)),
            attributes: &self.attributes,
            images: &self.images,
            seller_key: self.seller.as_deref(),
            first_seen: day(self.days.0),
            last_seen: day(self.days.1),
        }
    }
}

fn merge(posts: &[Post]) -> Vec<ItemAssignment> {
    merge_items(&posts.iter().map(Post::facts).collect::<Vec<_>>())
}

/// Whether the first two posts are one item, and why.
fn pair(a: Post, b: Post) -> Option<Vec<Evidence>> {
    let items = merge(&[a, b]);
    (items[0].item == items[1].item).then(|| items[0].evidence.clone())
}

const STORY: &str = "Bought it for my daughter, who rode it twice around the lake. Kept in the \
                     garage since. New tyres, brakes adjusted last week, small scratch on the fork.";

#[test]
fn a_repost_with_a_slightly_edited_text_is_the_same_item() {
    let first = Post::new("local:1", "Kids mountain bike 20 inch", 90).text(STORY).days(0, 3);
    let again = Post::new("local:2", "Mountain bike kids 20 inch", 75)
        .text(&format!("{STORY} Price lowered!"))
        .days(5, 6);
    assert_eq!(pair(first, again), Some(vec![Evidence::Text]));
}

#[test]
fn a_cross_post_to_another_venue_is_the_same_item() {
    let here = Post::new("local:1", "Kids mountain bike 20 inch", 90).text(STORY).seller("a");
    let there = Post::new("ship:9", "Kids mountain bike, 20 inch", 95).text(STORY).seller("b");
    assert_eq!(pair(here, there), Some(vec![Evidence::Text]));
}

#[test]
fn equal_short_titles_are_no_evidence() {
    let phone = |key| Post::new(key, "Pelio Nine 64gb", 400);
    assert_eq!(pair(phone("local:1"), phone("local:2")), None);
    let short = |key| phone(key).text("works great, cash only");
    assert_eq!(pair(short("local:1"), short("ship:2")), None);
}

#[test]
fn the_same_text_of_two_sellers_on_one_venue_is_two_items() {
    let post = |key, seller| Post::new(key, "Kids mountain bike", 90).text(STORY).seller(seller);
    assert_eq!(pair(post("local:1", "a"), post("local:2", "b")), None);
}

#[test]
fn a_chain_over_an_unnamed_seller_does_not_join_two_sellers() {
    let post = |key| Post::new(key, "Kids mountain bike", 90).text(STORY);
    let items = merge(&[post("local:1").seller("a"), post("local:2"), post("local:3").seller("b")]);
    assert_ne!(items[0].item, items[2].item);
}

#[test]
fn a_dealers_boilerplate_is_no_evidence() {
    let boilerplate = "We finance everyone! Visit our lot, seven days a week. All vehicles are \
                       inspected, detailed and come with a thirty day warranty. Trade-ins welcome.";
    let cars = ["Tarn Coupe 2011", "Velo Wagon 2014", "Orlan Pickup 2009", "Tarn Coupe 2013"];
    let posts: Vec<_> = cars
        .iter()
        .enumerate()
        .map(|(i, title)| Post::new(&format!("lot:{i}"), title, 7_000 + i as i64).text(boilerplate))
        // Two cars of one kind under the template are still two cars.
        .chain([Post::new("lot:9", "Tarn Coupe 2011", 7_100).text(boilerplate)])
        .collect();
    let mut items: Vec<_> = merge(&posts).into_iter().map(|a| a.item).collect();
    items.sort_unstable();
    items.dedup();
    assert_eq!(items.len(), posts.len());
}

#[test]
fn other_sizes_or_prices_far_apart_under_one_text_are_other_items() {
    let phone = |key, title, price| Post::new(key, title, price).text(STORY);
    assert_eq!(pair(phone("l:1", "Pelio Nine 64gb", 400), phone("l:2", "Pelio Nine 256gb", 500)), None);
    assert_eq!(pair(phone("l:1", "Pelio Nine 64gb", 400), phone("l:2", "Pelio Nine 64gb", 40)), None);
}

#[test]
fn an_exact_odometer_reading_tells_a_car() {
    let car = |key, odometer, price| {
        Post::new(key, "car", price)
            .with("model", "tarn coupe")
            .with("model_year", "2011")
            .with("type", "coupe")
            .with("odometer", odometer)
    };
    let cases = [
        ("same reading, other price", car("l:1", "83417", 7_000), car("l:2", "83417", 5_000), true),
        ("other reading", car("l:1", "83417", 7_000), car("l:2", "83418", 7_000), false),
        ("zero is no reading", car("l:1", "0", 7_000), car("l:2", "0", 7_000), false),
        ("round, far price", car("l:1", "100000", 7_000), car("l:2", "100000", 5_000), false),
        (
            "other year",
            car("l:1", "83417", 7_000),
            car("l:2", "83417", 7_000).with("model_year", "2012"),
            false,
        ),
    ];
    for (case, a, b, same) in cases {
        assert_eq!(pair(a, b).is_some(), same, "{case}");
    }
}

#[test]
fn equal_pictures_tie_like_titles_only() {
    let post = |key, title| Post::new(key, title, 300).images(&["a.jpg", "b.jpg"]);
    let swapped = Post::new("l:2", "round oak table", 280).images(&["b.jpg", "a.jpg"]);
    assert_eq!(pair(post("l:1", "Oak table round"), swapped), Some(vec![Evidence::Images]));
    assert_eq!(pair(post("l:1", "Oak table round"), post("l:2", "Leather sofa")), None);
}

#[test]
fn a_sellers_next_post_is_the_same_item_and_a_parallel_one_is_not() {
    let post = |key| Post::new(key, "Oak table round 4 chairs", 300).seller("a");
    let next = pair(post("l:1").days(0, 4), post("l:2").days(5, 6));
    assert_eq!(next, Some(vec![Evidence::SellerAndTitle]));
    assert_eq!(pair(post("l:1").days(0, 4), post("l:2").days(3, 6)), None);
}

fn any_post() -> impl Strategy<Value = Post> {
    let titles = ["oak table", "oak table round large", "bike 20 inch", "bike 26 inch blue", "x"];
    let texts =
        [None, Some(STORY), Some("short one"), Some("A long enough text that tells one thing from others")];
    (0..titles.len(), 0..texts.len(), 50_i64..150, 0_i64..9, 0_i64..3, 0..4_u8, any::<bool>()).prop_map(
        move |(title, text, price, first, stay, seller, picture)| {
            let mut post = Post::new("l:0", titles[title], price).days(first, first + stay);
            post.description = texts[text].map(Into::into);
            post.seller = (seller > 0).then(|| seller.to_string());
            post.images = if picture { vec!["p".into()] } else { vec![] };
            post
        },
    )
}

proptest! {
    #[test]
    fn the_order_of_listings_does_not_matter_and_the_earliest_names_the_item(
        mut posts in prop::collection::vec(any_post(), 1..30),
        swaps in prop::collection::vec((0_usize..30, 0_usize..30), 0..30),
    ) {
        for (i, post) in posts.iter_mut().enumerate() {
            post.key.external_id = i.to_string();
        }
        let items = merge(&posts);
        let mut order: Vec<usize> = (0..posts.len()).collect();
        for (a, b) in swaps {
            order.swap(a % posts.len(), b % posts.len());
        }
        let shuffled: Vec<_> = order.iter().map(|&i| posts[i].clone()).collect();
        for (assignment, &i) in merge(&shuffled).iter().zip(&order) {
            prop_assert_eq!(assignment, &items[i]);
        }
        for assignment in &items {
            let members = posts.iter().zip(&items).filter(|(_, other)| other.item == assignment.item);
            let first = members.map(|(post, _)| post).min_by_key(|post| (post.days.0, &post.key)).unwrap();
            prop_assert_eq!(assignment.item, item_id(&first.key));
        }
    }
}
