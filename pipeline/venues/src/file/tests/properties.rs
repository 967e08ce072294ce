//! Foreign bytes never panic.

use proptest::prelude::*;

use super::*;

fn through(name: &str, bytes: &[u8]) {
    let folder = Folder::new();
    let path = folder.file(name, bytes);
    for text in [MAPPING, include_str!("../../../../../data/mappings/phones-craigslist.toml")] {
        // A name and a header that fit neither mapping are errors, which is an answer too.
        if let Ok(files) = open(&[&path], mapping(text), &SourceOptions::default()) {
            let outcome = collect(&files, 2);
            for rejected in outcome.rejected {
                assert!(!rejected.reason.is_empty() && rejected.raw.len() <= 4096 + 4);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_in_any_format(bytes in proptest::collection::vec(any::<u8>(), 0..400), kind in 0..6_usize) {
        through(["a.csv", "a.tsv", "a.json", "a.jsonl", "a.parquet", "a"][kind], &bytes);
    }

    #[test]
    fn any_bytes_below_a_header(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        through("a.csv", &[b"id,title,price,seen,text\n", &bytes[..]].concat());
        through("a.csv", &[b"Name,Price,postDate,Attributes,postID\n", &bytes[..]].concat());
    }

    #[test]
    fn nearly_json(text in r#"[\[\]{}",:0-9a-z\\ ]{0,80}"#, id in any::<i64>(), title in ".{0,30}", price in ".{0,20}") {
        through("a.json", format!("[{text}").as_bytes());
        let record = serde_json::json!({ "id": id, "title": title, "price": price, "seen": text, "text": [text] });
        through("a.jsonl", record.to_string().as_bytes());
    }

    #[test]
    fn fields_survive_the_trip(titles in proptest::collection::vec("[a-zA-Z,\"\n ]{0,20}[a-z]", 1..9)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["id", "title", "price"]).unwrap();
        for (id, title) in titles.iter().enumerate() {
            writer.write_record([&id.to_string(), title, "$5"]).unwrap();
        }
        let outcome = read_one("a.csv", writer.into_inner().unwrap());
        let trimmed: Vec<_> = titles.iter().map(|title| title.trim()).collect();
        prop_assert_eq!(outcome.titles(), trimmed);
    }
}
