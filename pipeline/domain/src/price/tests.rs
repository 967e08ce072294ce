use proptest::prelude::*;

use super::*;
use crate::Money;

fn style(decimal: DecimalMark) -> PriceStyle {
    PriceStyle { decimal, ..PriceStyle::default() }
}

fn dollars(text: &str) -> Result<ReadPrice, PriceError> {
    read(text, Currency::USD, &style(DecimalMark::Dot))
}

fn euros(text: &str) -> Result<ReadPrice, PriceError> {
    read(text, Currency::EUR, &style(DecimalMark::Comma))
}

fn some(minor: i64, kind: PriceKind) -> Result<ReadPrice, PriceError> {
    Ok(ReadPrice { amount: Some(Cents(minor)), kind })
}

#[test]
fn reads_dollars() {
    let cases = [
        ("$650", 65_000, PriceKind::Fixed),
        ("650", 65_000, PriceKind::Fixed),
        ("450.0", 45_000, PriceKind::Fixed),
        ("229.99", 22_999, PriceKind::Fixed),
        ("$1,234.50", 123_450, PriceKind::Fixed),
        ("1,235", 123_500, PriceKind::Fixed),
        ("US$ 12", 1_200, PriceKind::Fixed),
        ("12 USD", 1_200, PriceKind::Fixed),
        ("$12 usd", 1_200, PriceKind::Fixed),
        (".99", 99, PriceKind::Fixed),
        ("5k", 500_000, PriceKind::Fixed),
        ("$1.5k", 150_000, PriceKind::Fixed),
        ("$450 OBO", 45_000, PriceKind::OrBestOffer),
        ("450 or best offer", 45_000, PriceKind::OrBestOffer),
        ("$450 firm!", 45_000, PriceKind::Fixed),
        ("$100 - $200", 10_000, PriceKind::Range),
        ("100-200", 10_000, PriceKind::Range),
        ("$200 to $100", 10_000, PriceKind::Range),
        ("free", 0, PriceKind::Free),
        ("$0", 0, PriceKind::Placeholder),
        ("$1", 100, PriceKind::Placeholder),
        ("1234", 123_400, PriceKind::Placeholder),
        ("12345", 1_234_500, PriceKind::Placeholder),
        ("111111", 11_111_100, PriceKind::Placeholder),
        ("$99,999", 9_999_900, PriceKind::Placeholder),
        ("9999", 999_900, PriceKind::Fixed),
        ("123", 12_300, PriceKind::Fixed),
    ];
    for (text, minor, kind) in cases {
        assert_eq!(dollars(text), some(minor, kind), "{text}");
    }
}

#[test]
fn reads_euros() {
    let cases = [
        ("1.234,50 €", 123_450, PriceKind::Fixed),
        ("€ 1.235", 123_500, PriceKind::Fixed),
        ("480", 48_000, PriceKind::Fixed),
        ("18.300 EUR VB", 1_830_000, PriceKind::OrBestOffer),
        ("450,- €", 45_000, PriceKind::Fixed),
        ("1 234,5", 123_450, PriceKind::Fixed),
        ("Zu verschenken", 0, PriceKind::Free),
    ];
    for (text, minor, kind) in cases {
        assert_eq!(euros(text), some(minor, kind), "{text}");
    }
    let pounds: Currency = "GBP".parse().unwrap();
    assert_eq!(read("£5.00", pounds, &style(DecimalMark::Dot)), some(500, PriceKind::Fixed));
}

#[test]
fn words_are_typed() {
    let none = |kind| Ok(ReadPrice { amount: None, kind });
    assert_eq!(dollars("Sold!"), none(PriceKind::Sold));
    assert_eq!(dollars("  "), none(PriceKind::OnRequest));
    assert_eq!(euros("VB"), none(PriceKind::OnRequest));
    let own =
        PriceStyle { on_request: vec!["Call me".into()], zero: Zero::OnRequest, ..style(DecimalMark::Dot) };
    assert_eq!(read("call me", Currency::USD, &own), none(PriceKind::OnRequest));
    assert_eq!(read("0", Currency::USD, &own), none(PriceKind::OnRequest));
}

#[test]
fn never_guesses() {
    assert_eq!(dollars("1.234"), Err(PriceError::Ambiguous("1.234".into(), '.')));
    assert_eq!(euros("1,234"), Err(PriceError::Ambiguous("1,234".into(), ',')));
    assert_eq!(dollars("1.234,50"), Err(PriceError::Mark("1.234,50".into(), "dot")));
    assert_eq!(euros("1.23"), Err(PriceError::Mark("1.23".into(), "comma")));
    assert_eq!(dollars("£5"), Err(PriceError::OtherCurrency("£5".into(), Currency::USD)));
    assert_eq!(dollars("5 EUR"), Err(PriceError::OtherCurrency("5 EUR".into(), Currency::USD)));
    assert_eq!(dollars("-5"), Err(PriceError::Negative("-5".into())));
    for text in ["call me", "$", "5 apples", "٤٥٠", "４５０", "1,2,3", "12,34", "450.005", "1e3"] {
        assert!(dollars(text).is_err(), "{text} gave {:?}", dollars(text));
    }
    assert!(matches!(dollars("99999999999999999999"), Err(PriceError::TooLarge(_))));
}

#[test]
fn an_undeclared_decimal_sign_reads_only_what_is_certain() {
    let open = |text| read(text, Currency::USD, &style(DecimalMark::Undeclared));
    for text in ["1,234.50", "1.234,50", "1234.5", "1234,5"] {
        assert_eq!(open(text), some(123_450, PriceKind::Fixed), "{text}");
    }
    for text in ["1.234", "1,234"] {
        assert!(matches!(open(text), Err(PriceError::Ambiguous(..))), "{text}");
    }
}

#[test]
fn minor_units_and_machine_numbers() {
    let cents = PriceStyle { unit: Unit::Minor, ..style(DecimalMark::Dot) };
    assert_eq!(read("1800", Currency::USD, &cents), some(1_800, PriceKind::Fixed));
    assert!(read("18.50", Currency::USD, &cents).is_err());
    // A float keeps its dot even where people write commas, and its noise is rounded off.
    let german = style(DecimalMark::Comma);
    assert_eq!(read_number("450.10000000000002", Currency::EUR, &german), some(45_010, PriceKind::Fixed));
    assert!(read_number("-1", Currency::EUR, &german).is_err());
    assert!(read_number("NaN", Currency::EUR, &german).is_err());
}

proptest! {
    #[test]
    fn never_panics(text in ".{0,40}", mark in 0..3) {
        let mark = [DecimalMark::Dot, DecimalMark::Comma, DecimalMark::Undeclared][mark as usize];
        let _ = read(&text, Currency::USD, &style(mark));
        let _ = read_number(&text, Currency::EUR, &style(mark));
    }

    #[test]
    fn never_panics_on_nearly_prices(text in r"[$€ -]{0,2}[0-9.,' ]{0,20}(k|-| to |obo|VB|USD| €)?[0-9.,]{0,5}") {
        let _ = read(&text, Currency::USD, &style(DecimalMark::Dot));
        let _ = read(&text, Currency::EUR, &style(DecimalMark::Comma));
    }

    #[test]
    fn reads_back_what_money_shows(minor in 0_i64..1_000_000_000_000) {
        let money = Money::new(minor, Currency::USD);
        prop_assert_eq!(dollars(&money.to_string()).unwrap().amount, Some(Cents(minor)));
        prop_assert_eq!(dollars(&money.decimal()).unwrap().amount, Some(Cents(minor)));
        let german = money.to_string().replace('$', "").replace(',', "_").replace('.', ",").replace('_', ".");
        prop_assert_eq!(euros(&format!("{german} €")).unwrap().amount, Some(Cents(minor)));
    }
}
