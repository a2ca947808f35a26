//! Connections and books.

use super::*;

/// The actions.
pub const ACTIONS: &[Action] = &[
    act!(
        TestConnection,
        "test",
        "test",
        "Work",
        &[Connections],
        Changes,
        ["T"],
        "Asks the connection who answers."
    ),
    act!(
        ConnectionEvents,
        "events",
        "events",
        "Look",
        &[Connections],
        NONE,
        ["enter", "e"],
        "What is delivered to us: subscriptions, listeners, deliveries, and what was turned away."
    ),
    act!(
        Subscribe,
        "subscribe",
        "subscribe",
        "Work",
        &[Connections],
        Irreversible,
        ["S"],
        "Subscribes to the events of the connection, after asking."
    ),
    act!(
        Repair,
        "repair",
        "repair",
        "Work",
        &[Connections],
        Irreversible,
        ["E"],
        "Makes subscriptions again that are missing or were changed, after asking."
    ),
];
