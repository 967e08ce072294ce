//! Photos of an item, on what is offered of it.

use autobazaaar_domain::inventory::{ImageSize, ProcessedImage};

use super::*;
use crate::execute::market::{Arrival, Deed};
use crate::score::fixtures::deal;

/// Bought and received; everything is stopped before it is put up.
async fn in_stock(desk: &mut Desk) -> autobazaaar_domain::ids::InventoryId {
    desk.take_on_with(deal("a", 80_000, 120_000), 0).await;
    desk.market.arrivals.push(Arrival {
        seq: 1,
        platform: "craigslist".parse().unwrap(),
        order: "P1".to_owned(),
        condition: autobazaaar_domain::Condition::Good,
        as_described: true,
        notes: String::new(),
    });
    desk.stop(true, 1).await;
    desk.tick(24).await;
    let mut reader = desk.store.read().await.unwrap();
    let items = reader.items(autobazaaar_domain::inventory::InventoryStatus::InStock, 9).await.unwrap();
    items[0].inventory_id
}

#[tokio::test]
async fn what_waits_is_put_up_with_the_photos_taken_meanwhile() {
    let mut desk = Desk::new().await;
    let id = in_stock(&mut desk).await;
    let names: Vec<String> = (0..30).map(|number| format!("photos/{number}.jpg")).collect();
    let size = ProcessedImage { url: names[0].clone(), size: ImageSize::Large, width: 1_600, height: 1_200 };
    desk.executor(25).show_photos(id, names.clone(), vec![size]).await.unwrap();
    desk.executor(26).show_photos(id, names[1..].to_vec(), vec![]).await.unwrap();

    desk.stop(false, 27).await;
    desk.tick(27).await;
    let put_up: Vec<&Deed> = desk.market.done.iter().map(|(deed, _)| deed).collect();
    let put_up: Vec<_> = put_up
        .into_iter()
        .filter_map(|deed| match deed {
            Deed::Publish { draft } => Some(draft),
            _ => None,
        })
        .collect();
    assert_eq!(put_up.len(), 1, "once");
    let most = crate::execute::most_photos(&put_up[0].platform);
    assert_eq!(put_up[0].images, names[1..=most]);
    let offer = desk.store.read().await.unwrap().resales_of(id).await.unwrap().remove(0);
    assert_eq!(offer.images, put_up[0].images);
    desk.holds_together().await;
}
