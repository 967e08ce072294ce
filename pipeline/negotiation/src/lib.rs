//! What is said to a seller, and what a seller says: reading replies, deciding the next offer,
//! writing messages and checking them. Pure: it sends nothing.
