//! The event log schema, and its JSON Lines codec.
