//! `negotiations read`: messages in, what they say out.

use crate::sandbox::Sandbox;

#[test]
fn reads_a_line_for_each_line() {
    let sandbox = Sandbox::new();
    let lines = [
        r#"{"text": "How about 90?", "list_price": 100, "our_offer": 80, "before": ["buyer: Would you take $80?"]}"#,
        "",
        r#"{"text": "Deal!\n\nOn Mon, 23 Nov 2026 Ada <ada@example.org> wrote:\n> Would you take $80?", "format": "mail", "our_offer": 80}"#,
    ];
    sandbox.write("replies.jsonl", lines.join("\n"));
    let file = sandbox.path("replies.jsonl");
    let said = sandbox.ok(&["negotiations", "read", "--file", &file.display().to_string()]);
    let read: Vec<serde_json::Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((read[0]["intent"].as_str(), read[0]["price"].as_i64()), (Some("counter"), Some(90)));
    assert_eq!((read[1]["intent"].as_str(), read[1]["own_text"].as_str()), (Some("accept"), Some("Deal!")));
    assert_eq!(read.len(), 2);
}

#[test]
fn a_line_that_is_no_message_is_named_and_the_others_are_read() {
    let sandbox = Sandbox::new();
    sandbox.write("replies.jsonl", "{\"text\": \"ok\"}\n{\"txt\": \"ok\"}\n{\"text\": \"hello\"}\n");
    let file = sandbox.path("replies.jsonl");
    let output = sandbox.output("", &["negotiations", "read", "--file", &file.display().to_string()]);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!((output.status.code(), out.lines().count()), (Some(1), 3), "{out}{err}");
    assert!(out.lines().nth(1).unwrap().contains("txt") && err.contains("line 2"), "{out}{err}");
}
