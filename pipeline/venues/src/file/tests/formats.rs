//! Every format gives the same observations.

use arrow::array::{ArrayRef, Float64Array, Int64Array, ListBuilder, StringArray, StringBuilder};
use arrow::record_batch::RecordBatch;
use autobazaaar_domain::Cents;

use super::*;

#[test]
fn csv_tsv_json_jsonl_gzip_and_zstd_read_alike() {
    let csv = "id,title,price,text\n1,one,$5,\"a\nb\"\n2,\"two, \"\"2\"\"\",6.5,\n";
    let json =
        r#"[{"id":"1","title":"one","price":5,"text":["a","b"]}, {"id":2,"title":"two, \"2\"","price":6.5}]"#;
    let lines = json.trim_matches(['[', ']']).replace("}, {", "}\n{");
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("a.csv", csv.into()),
        ("a.tsv", "id\ttitle\tprice\ttext\n1\tone\t$5\t\"a\nb\"\n2\t\"two, \"\"2\"\"\"\t6.5\t\n".into()),
        ("a.csv.gz", gzip(csv)),
        ("a.csv.zst", zstd::encode_all(csv.as_bytes(), 1).unwrap()),
        ("a.csv", gzip(csv)),
        ("a.json", json.into()),
        ("a.jsonl", lines.clone().into()),
        ("a.ndjson.gz", gzip(&lines)),
        ("a", json.into()),
        ("b", lines.into()),
        ("c", csv.into()),
    ];
    for (name, bytes) in files {
        let outcome = read_one(name, bytes);
        assert_eq!(outcome.error(), "", "{name}");
        assert_eq!(outcome.titles(), ["one", "two, \"2\""], "{name}");
        let prices: Vec<_> = outcome.rows.iter().map(|row| row.observation.price.unwrap()).collect();
        assert_eq!(prices, [Cents(500), Cents(650)], "{name}");
        assert_eq!(outcome.rows[0].observation.description.as_deref(), Some("a\nb"), "{name}");
        assert_eq!(outcome.rows[1].observation.key.to_string(), "craigslist:2", "{name}");
    }
}

#[test]
fn an_array_inside_an_object_is_streamed() {
    let text = r#"{"href": "x", "n": [1, {"items": 2}], "data": {"skip": "]}", "items": [{"id":1,"title":"one"}, {"id":2,"title":"two"}]}, "next": 1}"#;
    let outcome = read_with("a.json", text, &format!("{MAPPING}\n[format]\narray = \"data.items\"\n"));
    assert_eq!((outcome.titles(), outcome.error().as_str()), (vec!["one", "two"], ""));
}

#[test]
fn parquet_columns_are_typed() {
    let mut texts = ListBuilder::new(StringBuilder::new());
    texts.append_value([Some("a"), Some("b")]);
    texts.append_null();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from(vec![1, 2]))),
        ("title", Arc::new(StringArray::from(vec![Some("one"), None]))),
        ("price", Arc::new(Float64Array::from(vec![Some(5.25), None]))),
        ("text", Arc::new(texts.finish())),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let folder = Folder::new();
    let path = folder.0.path().join("a.parquet");
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let outcome = read(&[path.display().to_string()], &mapping(MAPPING));
    let seen = &outcome.rows[0].observation;
    assert_eq!(
        (seen.title.as_str(), seen.price, seen.description.as_deref()),
        ("one", Some(Cents(525)), Some("a\nb"))
    );
    assert_eq!(outcome.codes(), [(1, "title_missing")]);
    let cut = std::fs::read(&path).unwrap();
    let outcome = read_one("b.parquet", &cut[..cut.len() / 2]);
    assert!(outcome.error().contains("b.parquet: cut off or damaged"), "{}", outcome.error());
}

#[test]
fn the_time_comes_from_column_then_name_then_flag_then_mapping() {
    let folder = Folder::new();
    let text = "id,title,price,seen\n1,one,5,2019-11-23 10:00\n2,two,6,\n";
    let paths = [folder.file("b.csv", text), folder.file("a_2019-11-20.csv", "id,title,price\n3,three,7\n")];
    let named =
        MAPPING.replace("[time]", "[time]\nfile_name = ['(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)']");
    let times = |options: &SourceOptions, text: &str| -> Vec<String> {
        let files = open(&paths, mapping(text), options).unwrap();
        collect(&files, 9)
            .rows
            .iter()
            .map(|row| row.observation.observed_at.format("%F %R").to_string())
            .collect()
    };
    let flag = SourceOptions { observed_at: Some(at("2021-02-03T04:05:06Z")), ..SourceOptions::default() };
    assert_eq!(times(&flag, &named), ["2019-11-20 00:00", "2019-11-23 10:00", "2021-02-03 04:05"]);
    let none = SourceOptions::default();
    assert_eq!(times(&none, &named), ["2019-11-20 00:00", "2019-11-23 10:00", "2020-01-01 00:00"]);
    let files = open(&paths, mapping(&named), &none).unwrap();
    // One time for the file where its records have none of their own.
    assert_eq!(
        (files[0].scan.observed_at, files[1].scan.observed_at),
        (Some(at("2019-11-20T00:00:00Z")), None)
    );
}

#[test]
fn a_file_name_without_a_year_needs_one() {
    let folder = Folder::new();
    let path = folder.file("a_11.23.csv", "id,title,price\n3,three,7\n");
    let named = MAPPING.replace("[time]", "[time]\nfile_name = ['_(?<month>\\d+)\\.(?<day>\\d+)\\.']");
    let error = open(&[&path], mapping(&named), &SourceOptions::default()).err().unwrap().to_string();
    assert!(error.contains("no year") && error.contains("default_year"), "{error}");
    let options = SourceOptions { year: Some(2019), ..SourceOptions::default() };
    let files = open(&[&path], mapping(&named), &options).unwrap();
    assert_eq!(files[0].scan.observed_at, Some(at("2019-11-23T00:00:00Z")));
}
