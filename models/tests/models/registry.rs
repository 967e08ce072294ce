//! Versions on disk.

use autobazaaar_domain::{Basis, Currency};
use autobazaaar_models::{ModelCard, PriceModel, Registry, RegistryError, train};

use crate::common::{bits, examples, market, options};

#[test]
fn a_registry_gives_back_what_it_was_given() {
    let dir = tempfile::tempdir().unwrap();
    let registry = Registry::new(dir.path().join("models"));
    let rows = market(400);
    let (model, evaluation) = train(&examples(&rows), Currency::USD, Basis::Asked, &options()).unwrap();
    assert!(registry.list().unwrap().is_empty() && registry.champion().unwrap().is_none());

    let created = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let card = registry.store(&model, &ModelCard::new("v1", created, &model, evaluation)).unwrap();
    registry.promote("v1").unwrap();

    let listed = registry.list().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0].version, &listed[0].model_hash), (&card.version, &card.model_hash));
    assert_eq!(listed[0].coefficients.keys().collect::<Vec<_>>(), ["*"]);
    assert_eq!(registry.champion().unwrap().as_deref(), Some("v1"));
    let loaded = registry.load("v1").unwrap();
    assert_eq!(bits(&loaded.predict(&examples(&rows))), bits(&model.predict(&examples(&rows))));
    assert!(matches!(registry.store(&model, &card), Err(RegistryError::Exists(_))));
    for bad in ["../v1", ".v", "champion", ""] {
        assert!(matches!(registry.promote(bad), Err(RegistryError::BadVersion(_))), "{bad}");
    }
    assert!(matches!(registry.promote("v2"), Err(RegistryError::Missing(_))));

    // What was stored and never put in use is not gone back to.
    for version in ["v2", "v3"] {
        registry.store(&model, &ModelCard { version: version.to_owned(), ..card.clone() }).unwrap();
    }
    registry.promote("v3").unwrap();
    registry.promote("v3").unwrap();
    assert_eq!(registry.rollback().unwrap().as_deref(), Some("v1"));
    assert_eq!(registry.champion().unwrap().as_deref(), Some("v1"));
    assert_eq!(registry.rollback().unwrap(), None);

    let path = dir.path().join("models/v1/model.bin");
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(registry.load("v1"), Err(RegistryError::Changed(_))));
    assert!(PriceModel::from_bytes(b"nonsense").is_err());
}
