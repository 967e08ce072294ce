//! What bad input gets: a reason and a mend, and the rest goes on.

use super::*;

const GOOD: &str = "id,title,price\n1,one,$5\n2,two,$6\n";

#[test]
fn a_missing_file_and_an_empty_pattern_are_errors() {
    let open = |pattern: &str| super::super::open(&[pattern], mapping(MAPPING), &SourceOptions::default());
    let message = |pattern: &str| open(pattern).err().unwrap().to_string();
    assert!(message("/nowhere/x.csv").contains("no file matches `/nowhere/x.csv`"));
    assert!(message("/nowhere/*.csv").contains("quote the pattern"));
    assert!(message("/tmp").contains("it is a folder"));
}

#[test]
fn an_empty_file_is_a_warning() {
    for (name, text) in
        [("a.csv", ""), ("a.csv", "id,title,price\n"), ("a.json", " "), ("a.json", "[]"), ("a.jsonl", "\n")]
    {
        let outcome = read_one(name, text);
        assert!(outcome.rows.is_empty() && outcome.errors.len() == 1, "{name} {text:?}");
        assert!(outcome.errors[0].is_warning(), "{:?}", outcome.errors);
    }
}

#[test]
fn one_unreadable_file_does_not_stop_the_others() {
    let folder = Folder::new();
    let paths = [folder.file("a.csv", ""), folder.file("b.csv", "x,y\n1,2\n"), folder.file("c.csv", GOOD)];
    let outcome = read(&paths, &mapping(MAPPING));
    assert_eq!(outcome.titles(), ["one", "two"]);
    assert_eq!(outcome.errors.len(), 2);
}

#[test]
fn bad_rows_are_rejected_with_their_reason() {
    let text = "id,title,price,seen\n\
        1,one,call me,\n\
        2,two,1.234,\n\
        3,three,$5,23.11.2019\n\
        ,four,$5,\n\
        5,,$5,\n\
        6,six\n\
        7,seven,$7,\"2019-11-23 10:00\",9\n\
        ,,,\n\
        8,eight,$8,2019-11-23 10:00\n";
    let outcome = read_one("a.csv", text);
    assert_eq!(outcome.titles(), ["eight"]);
    let expected = [
        (0, "price_unreadable"),
        (1, "price_unreadable"),
        (2, "date_unreadable"),
        (3, "id_missing"),
        (4, "title_missing"),
        (5, "row_ragged"),
        (6, "row_ragged"),
    ];
    assert_eq!(outcome.codes(), expected);
    let reason = |at: usize| outcome.rejected[at].reason.as_str();
    assert!(reason(0).contains("`call me` is not a price") && reason(0).contains("[price]"));
    assert!(reason(1).contains("two ways"));
    assert!(reason(2).contains("found `23.11.2019`, expected YYYY-MM-DD"));
    assert!(reason(5).contains("2 fields where the header has 4"));
    assert_eq!(outcome.rejected[0].raw, r#"{"id":"1","title":"one","price":"call me","seen":""}"#);
    assert_eq!(outcome.rows[0].observation.raw_ref, "a.csv:8");
}

#[test]
fn quarantine_holds_no_seller_name_and_no_number_to_call() {
    let spec = format!("{MAPPING}seller_name = \"who\"\n");
    let outcome = read_with("a.csv", "id,title,price,who\n1,call 619-555-1234,x,Jane\n2,two\n", &spec);
    assert_eq!(outcome.rejected[0].raw, r#"{"id":"1","title":"call [phone]","price":"x"}"#);
    assert_eq!(outcome.rejected[1].raw, "");
}

#[test]
fn a_field_over_the_bound_rejects_its_row_alone() {
    let long = "x".repeat(10 << 20);
    let outcome = read_one("a.csv", format!("id,title,price\n1,one,$5\n2,{long},$6\n3,three,$7\n"));
    assert_eq!(outcome.titles(), ["one", "three"]);
    assert_eq!(outcome.codes(), [(1, "field_too_long")]);
    assert!(outcome.rejected[0].reason.contains("field 2 is longer than 1048576 bytes"));
    assert_eq!(outcome.rows[1].observation.raw_ref, "a.csv:2");
    let medium = "x".repeat((1 << 20) + 1);
    let outcome = read_one("a.csv", format!("id,title,price\n2,{medium},$6\n3,three,$7\n"));
    assert_eq!(outcome.codes(), [(0, "field_too_long")]);
    let long = "x".repeat(20 << 20);
    let outcome =
        read_one("a.jsonl", format!("{{\"id\":1,\"title\":\"{long}\"}}\n{{\"id\":2,\"title\":\"two\"}}\n"));
    assert_eq!((outcome.titles(), outcome.codes()), (vec!["two"], vec![(0, "field_too_long")]));
    // Short enough to be read, too long in one field.
    let ten = "x".repeat(10 << 20);
    let outcome =
        read_one("a.jsonl", format!("{{\"id\":1,\"title\":\"{ten}\"}}\n{{\"id\":2,\"title\":\"two\"}}\n"));
    assert_eq!((outcome.titles(), outcome.codes()), (vec!["two"], vec![(0, "field_too_long")]));
    let outcome =
        read_one("a.json", format!("[{{\"id\":1,\"title\":\"{long}\"}}, {{\"id\":2,\"title\":\"two\"}}]"));
    assert_eq!((outcome.titles(), outcome.codes()), (vec!["two"], vec![(0, "field_too_long")]));
}

#[test]
fn an_unclosed_quote_is_noticed() {
    let rest = "4,four,$7\n".repeat(200_000);
    let outcome = read_one("a.csv", format!("id,title,price\n1,one,$5\n2,\"two,$6\n{rest}"));
    assert_eq!(outcome.titles(), ["one"]);
    assert_eq!(outcome.codes(), [(1, "field_too_long")]);
    assert!(outcome.rejected[0].reason.contains("an opening quote may lack its closing one"));
    let outcome = read_one("a.csv", "id,title,price\n1,one,$5\n2,\"two,$6\n3,x,$5\n4,y,$5\n");
    assert_eq!(outcome.codes(), [(1, "row_ragged")]);
    assert!(outcome.rejected[0].reason.contains("an opening quote"));
}

#[test]
fn every_line_end_ends_a_record() {
    for end in ["\n", "\r\n", "\r"] {
        let outcome = read_one("a.csv", GOOD.replace('\n', end));
        assert_eq!(outcome.titles(), ["one", "two"], "{end:?}");
        let outcome =
            read_one("a.jsonl", format!("{{\"id\":1,\"title\":\"one\"}}{end}{{\"id\":2,\"title\":\"two\"}}"));
        assert_eq!(outcome.titles(), ["one", "two"], "{end:?}");
    }
}

#[test]
fn wrong_encodings_are_named() {
    let outcome = read_one("a.csv", b"id,title,price\n1,caf\xe9,$5\n2,two,$6\n3,a\xc3,\xa95\n");
    assert_eq!(outcome.titles(), ["two"]);
    assert_eq!(outcome.codes(), [(0, "encoding_wrong"), (2, "encoding_wrong")]);
    assert!(outcome.rejected[0].reason.contains("column `title` is not UTF-8 at its byte 3"));
    assert!(
        read_one("a.csv", b"id,titl\xe9,price\n1,2,3\n")
            .error()
            .contains("a header that is not UTF-8 (byte 6")
    );
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(GOOD.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert!(read_one("a.csv", &utf16).error().contains("set `encoding = \"utf-16le\"`"));
    let declared = |label: &str| format!("{MAPPING}\n[format]\nencoding = \"{label}\"\n");
    assert_eq!(read_with("a.csv", &utf16, &declared("utf-16le")).titles(), ["one", "two"]);
    let latin = read_with("a.csv", b"id,title,price\n1,caf\xe9,$5\n", &declared("windows-1252"));
    assert_eq!(latin.titles(), ["café"]);
    assert!(read_one("a.csv", b"PK\x03\x04zip").error().contains("a zip archive"));
    assert!(read_one("a.csv", b"id,title\0,price").error().contains("NUL bytes"));
    assert_eq!(read_one("a.csv", format!("\u{feff}{GOOD}")).titles(), ["one", "two"]);
}

#[test]
fn what_was_read_before_a_cut_is_delivered() {
    let text: String = "id,title,price\n"
        .chars()
        .chain(
            (0..50_000).flat_map(|i| format!("{i},t{},$5\n", i * 7919 % 10_007).chars().collect::<Vec<_>>()),
        )
        .collect();
    let packed = gzip(&text);
    let outcome = read_one("a.csv.gz", &packed[..packed.len() / 2]);
    assert!(outcome.rows.len() > 10_000 && outcome.rows.len() < 40_000, "{}", outcome.rows.len());
    let error = outcome.error();
    assert!(error.contains(&format!("damaged after {} records", outcome.rows.len())), "{error}");
    assert!(error.contains("a.csv.gz") && error.contains("bytes into the file"));
    let outcome = read_one("a.json", r#"[{"id":1,"title":"one"},{"id":2,"title":"two"},{"id":3,"ti"#);
    assert_eq!(outcome.titles(), ["one", "two"]);
    assert!(outcome.error().contains("damaged after 2 records"), "{}", outcome.error());
}

#[test]
fn columns_are_checked_against_the_header() {
    let error = read_one("a.csv", "id,titel,price\n1,2,3\n").error();
    assert!(
        error.contains("field `title`")
            && error.contains("did you mean `titel`?")
            && error.contains("id, titel, price"),
        "{error}"
    );
    let error = read_one("a.csv", "id,title,price,title\n1,2,3,4\n").error();
    assert!(error.contains("column `title` stands 2 times"), "{error}");
    // What is not mapped may repeat.
    assert_eq!(read_one("a.csv", "id,title,price,x,x\n1,one,3,4,5\n").titles(), ["one"]);
}

#[test]
fn a_missing_price_column_is_allowed_for_valuing_only() {
    let folder = Folder::new();
    let path = folder.file("a.csv", "id,title\n1,one\n");
    assert!(read(std::slice::from_ref(&path), &mapping(MAPPING)).error().contains("field `price`"));
    let options = SourceOptions { to_be_valued: true, ..SourceOptions::default() };
    let outcome = collect(&open(&[path], mapping(MAPPING), &options).unwrap(), 3);
    assert_eq!((outcome.titles(), outcome.rows[0].observation.price), (vec!["one"], None));
}

#[test]
fn what_a_value_does_not_stand_on_need_not_be_readable() {
    let folder = Folder::new();
    let rows = "id,title,price,seen\n1,one,call me,yesterday\n2,,5,2020-01-01\n,three,5,2020-01-01\n";
    let path = folder.file("a.csv", rows);
    let options = SourceOptions { to_be_valued: true, ..SourceOptions::default() };
    let outcome = collect(&open(&[path], mapping(MAPPING), &options).unwrap(), 3);
    let read: Vec<_> = outcome.rows.iter().map(|row| &row.observation).collect();
    assert_eq!((read.len(), read[0].title.as_str(), read[0].price), (1, "one", None));
    // What cannot be read at all is told by its id, where it has one.
    let told: Vec<_> = outcome.rejected.iter().map(|row| (row.row, row.external_id.as_deref())).collect();
    assert_eq!(told, [(1, Some("2")), (2, None)]);
}

#[test]
fn line_numbers_of_two_files_may_not_collide() {
    let folder = Folder::new();
    let paths = [folder.file("a.csv", GOOD), folder.file("b.csv", GOOD)];
    let by_line = MAPPING.replace("column = \"id\"", "line = true");
    let files = open(&paths, mapping(&by_line), &SourceOptions::default());
    assert!(files.err().unwrap().to_string().contains("scope = \"file\""));
    let scoped = by_line.replace("line = true", "line = true\nscope = \"file\"");
    let outcome = read(&paths, &mapping(&scoped));
    let ids: Vec<_> = outcome.rows.iter().map(|row| row.observation.key.external_id.as_str()).collect();
    assert_eq!(ids, ["a#0", "a#1", "b#0", "b#1"]);
}

#[test]
fn documents_that_are_no_listings_are_rejected() {
    let outcome =
        read_one("a.jsonl", "{\"id\":1,\"title\":\"one\"}\n{broken\n[1]\n{\"id\":4,\"title\":\"four\"}\n");
    assert_eq!(outcome.titles(), ["one", "four"]);
    assert_eq!(outcome.codes(), [(1, "json_unreadable"), (2, "json_shape")]);
    let error = read_one("a.json", r#"{"data":{"items":[]}}"#).error();
    assert!(
        error.contains("an object at the top") && error.contains("set `array` under [format]"),
        "{error}"
    );
    let nested = format!("{MAPPING}\n[format]\narray = \"data.list\"\n");
    let error = read_with("a.json", r#"{"data":{"items":[]}}"#, &nested).error();
    assert!(error.contains("an object without `list` (it has items)"), "{error}");
}
