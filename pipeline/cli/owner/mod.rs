//! Dealing by hand: what the owner decides, does and tells, on the store of the data folder.
//!
//! Every act goes the executor's one way: it stands in the outbox before it is done, and what the
//! owner says of it is the world's answer.

pub mod approve;
pub mod buyers;
pub mod cash;
pub mod desk;
pub mod find;
pub mod goods;
pub mod offers;
pub mod photos;
pub mod returns;
pub mod shop;
pub mod story;
pub mod talk;
pub mod tasks;
