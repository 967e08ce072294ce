//! The report as a whole.

use std::collections::BTreeMap;

use autobazaaar_domain::Cents;
use autobazaaar_domain::run::RunState;

use super::{deals_csv, passed_csv, render_html, render_markdown, sample};

/// Writes the page into the folder that `AUTOBAZAAAR_REPORT_LOOK` names, to be looked at.
fn keep_to_look_at(name: &str, page: &str) {
    if let Some(folder) = std::env::var_os("AUTOBAZAAAR_REPORT_LOOK") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(std::path::Path::new(&folder).join(name), page).unwrap();
    }
}

#[test]
fn the_markdown_report_reads_as_it_did() {
    insta::assert_snapshot!("rich_markdown", render_markdown(&sample::rich()));
}

#[test]
fn the_deals_table_is_exact_and_safe_in_spreadsheets() {
    let table = String::from_utf8(deals_csv(&sample::rich()).unwrap()).unwrap();
    insta::assert_snapshot!("rich_deals_csv", table);
    assert!(table.contains("\"'=HYPERLINK("), "a title that is a formula is made text");
}

#[test]
fn a_loss_stays_a_number_in_csv() {
    let mut data = sample::rich();
    data.deals[0].net_profit = Cents(-1_250);
    let bytes = deals_csv(&data).unwrap();
    let mut reader = ::csv::Reader::from_reader(bytes.as_slice());
    let column = reader.headers().unwrap().iter().position(|name| name == "net_profit").unwrap();
    assert_eq!(&reader.records().next().unwrap().unwrap()[column], "-12.50");
}

#[test]
fn every_kept_passed_listing_is_a_row() {
    let data = sample::rich();
    let bytes = passed_csv(&data).unwrap();
    let rows = ::csv::Reader::from_reader(bytes.as_slice()).into_records().count();
    assert_eq!((rows, data.passed.len()), (20, 20));
}

#[test]
fn the_page_needs_nothing_from_outside_and_runs_nothing_foreign() {
    let page = render_html(&sample::rich()).unwrap();
    keep_to_look_at("rich.html", &page);
    for bad in ["<script>alert", "<b>NEW", "javascript:", " src=", "@import", "url(", "<link", "<img"] {
        assert!(!page.contains(bad), "{bad}");
    }
    let links: Vec<_> =
        page.match_indices("<a ").map(|(at, _)| page[at..].split('>').next().unwrap()).collect();
    let outside: Vec<_> = links.iter().filter(|link| link.contains("href=\"http")).collect();
    assert!(outside.len() >= 6);
    assert!(outside.iter().all(|link| link.contains(r#"rel="noopener noreferrer""#)));
}

#[test]
fn every_plot_is_named_and_has_its_values_below() {
    let page = render_html(&sample::rich()).unwrap();
    let plots = page.matches("<svg class=\"plot\"").count();
    assert_eq!(page.matches("<details class=\"values\">").count(), plots);
    assert_eq!(page.matches("<svg ").count(), page.matches("role=\"img\"").count());
    assert!(plots >= 10, "{plots}");
    assert!(!page.contains("NaN"));
}

#[test]
fn anchors_lead_somewhere() {
    let page = render_html(&sample::rich()).unwrap();
    for (at, _) in page.match_indices("href=\"#") {
        let name = page[at + 7..].split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{name}\"")), "{name}");
    }
}

#[test]
fn a_day_without_deals_says_why_and_what_to_change() {
    let data = sample::no_deals();
    let (page, text) = (render_html(&data).unwrap(), render_markdown(&data));
    keep_to_look_at("no-deals.html", &page);
    assert!(text.starts_with("# No deal among 11,596 listings today"), "{text}");
    for said in ["the net profit is under your minimum", "lower the minimum net profit"] {
        assert!(page.contains(said) && text.contains(said), "{said}");
    }
}

#[test]
fn without_a_model_it_says_how_to_get_one() {
    let page = render_html(&sample::no_model()).unwrap();
    keep_to_look_at("no-model.html", &page);
    assert!(page.contains("run <code>autobazaaar train</code>"));
    assert!(page.contains("first run"));
}

#[test]
fn without_data_it_says_what_will_appear() {
    let page = render_html(&sample::no_data()).unwrap();
    keep_to_look_at("no-data.html", &page);
    assert!(page.contains("<h1>No listings yet, so nothing to buy</h1>"));
    assert!(page.contains("Nothing went wrong"));
}

#[test]
fn a_failed_run_says_so_first() {
    let mut data = sample::no_deals();
    data.run.state = RunState::Failed;
    data.run.stages[2].error = Some("out of <memory>".into());
    let page = render_html(&data).unwrap();
    assert!(page.contains(
        "<h1>This run did not finish, so there is nothing to buy: score: out of &#60;memory&#62;</h1>"
    ));
    assert!(page.contains("1 error"));
}

#[test]
fn a_report_reads_back_from_json() {
    let data = sample::no_deals();
    let text = serde_json::to_string(&data).unwrap();
    let read: super::ReportData = serde_json::from_str(&text).unwrap();
    // Floats may come back a last digit off; what the reader sees may not.
    assert_eq!(render_markdown(&read), render_markdown(&data));
}

#[test]
fn the_money_adds_up_on_the_page() {
    let data = sample::rich();
    for (deal, view) in data.deals.iter().zip(super::deal_view::views(&data)) {
        let parts = deal.fees.iter().chain(&deal.costs).map(|line| line.amount).sum::<Cents>();
        assert_eq!(deal.estimated_sale_price - parts - deal.purchase_price, deal.net_profit);
        assert!(!view.sums.iter().any(|(label, _, _)| label.starts_with("Not itemised")));
    }
}

/// Relative luminance and contrast as WCAG 2.2 defines them.
fn contrast(a: &str, b: &str) -> f64 {
    let luminance = |hex: &str| {
        let part = |i: usize| {
            let value = f64::from(u8::from_str_radix(&hex[i..i + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The custom properties of each `:root` block: light, then dark.
fn themes() -> Vec<BTreeMap<String, String>> {
    let css = include_str!("templates/style.css");
    css.split(":root {")
        .skip(1)
        .map(|block| {
            let block = block.split('}').next().unwrap();
            let pairs = block.split(';').filter_map(|pair| pair.trim().strip_prefix("--")?.split_once(": "));
            pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        })
        .collect()
}

#[test]
fn text_and_marks_stand_out_in_both_themes() {
    let themes = themes();
    assert_eq!(themes.len(), 2);
    assert!(themes[0].keys().eq(themes[1].keys()), "both themes name the same colours");
    for theme in themes {
        for ground in ["bg", "surface"] {
            for text in ["text", "muted", "accent", "good", "warn", "bad"] {
                let found = contrast(&theme[text], &theme[ground]);
                assert!(found >= 4.5, "{text} on {ground}: {found:.2}");
            }
            for mark in ["c1", "ask", "tick", "band-inner"] {
                let found = contrast(&theme[mark], &theme[ground]);
                assert!(found >= 3.0, "{mark} on {ground}: {found:.2}");
            }
        }
        let found = contrast(&theme["ask"], &theme["band"]).max(contrast(&theme["tick"], &theme["band"]));
        assert!(found >= 3.0, "the middle on its band: {found:.2}");
    }
}
