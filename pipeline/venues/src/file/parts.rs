//! The parts of an observation that stand beside its core: amounts, counts, place, seller, images.

use autobazaaar_domain::{Cents, Currency, Location, Seller, SellerType, price};

use super::list;
use super::map::{Mapper, text, unreadable_price};
use super::record::{Cell, Record};
use super::reject::{Misfit, clip};
use super::value::Field;

impl Mapper<'_> {
    pub(super) fn amount(
        &self,
        name: &str,
        field: &Option<Field>,
        record: &impl Record,
        currency: Currency,
    ) -> Result<Option<Cents>, Misfit> {
        let Some(found) = field.as_ref().and_then(|field| field.find(record)) else { return Ok(None) };
        let read = if found.number { price::read_number } else { price::read };
        let price =
            read(&found.text, currency, &self.plan.style).map_err(|error| unreadable_price(name, &error))?;
        Ok(price.amount)
    }

    pub(super) fn count(
        &self,
        name: &str,
        field: &Option<Field>,
        record: &impl Record,
    ) -> Result<Option<i64>, Misfit> {
        Ok(self.number(name, field, record, 0.0..=9e15)?.map(|number| number as i64))
    }

    fn number(
        &self,
        name: &str,
        field: &Option<Field>,
        record: &impl Record,
        range: std::ops::RangeInclusive<f64>,
    ) -> Result<Option<f64>, Misfit> {
        let Some(found) = field.as_ref().and_then(|field| field.find(record)) else { return Ok(None) };
        match found.text.parse::<f64>() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => {
                let expected = format!("a number from {} to {}", range.start(), range.end());
                let reason =
                    format!("field `{name}`: found `{}`, expected {expected}", clip(&found.text, 40));
                Err(Misfit::new("number_unreadable", reason))
            }
        }
    }

    pub(super) fn images(&self, record: &impl Record) -> Vec<String> {
        let mut images: Vec<String> = Vec::new();
        for slot in &self.plan.images {
            match record.cell(*slot) {
                Cell::Items(items) => images.extend(items),
                Cell::Text(text) => match list::read(text) {
                    Some(items) => images.extend(items),
                    None => images.push(text.to_owned()),
                },
                _ => {}
            }
        }
        images.retain(|image| !image.is_empty());
        images
    }
}

pub(super) fn location(mapper: &Mapper<'_>, record: &impl Record) -> Result<Location, Misfit> {
    let fields = &mapper.plan.fields;
    Ok(Location {
        city: text(&fields.city, record),
        state: text(&fields.state, record),
        zip: text(&fields.zip, record),
        lat: mapper.number("lat", &fields.lat, record, -90.0..=90.0)?,
        lng: mapper.number("lng", &fields.lng, record, -180.0..=180.0)?,
    })
}

pub(super) fn seller(mapper: &Mapper<'_>, record: &impl Record) -> Result<Seller, Misfit> {
    let fields = &mapper.plan.fields;
    let rating = mapper.number("seller_rating", &fields.seller_rating, record, 0.0..=5.0)?;
    let percentage = mapper.number(
        "seller_feedback_percentage",
        &fields.seller_feedback_percentage,
        record,
        0.0..=100.0,
    )?;
    let kind: Option<SellerType> = text(&fields.seller_type, record).and_then(|word| word.parse().ok());
    Ok(Seller {
        rating: rating.or(percentage.map(|percentage| 5.0 * percentage / 100.0)),
        feedback_count: mapper.count("seller_feedback_count", &fields.seller_feedback_count, record)?,
        response_time: text(&fields.seller_response_time, record),
        kind,
    })
}
