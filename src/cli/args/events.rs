//! Arguments of `tieout events`.

use clap::{Args, Subcommand};

/// `tieout events`
#[derive(Debug, Clone, Args)]
pub struct EventsArgs {
    /// What to do; nothing: status
    #[command(subcommand)]
    pub command: Option<EventsCommand>,
}

/// What to do with events.
#[derive(Debug, Clone, Subcommand)]
pub enum EventsCommand {
    /// Listeners, what was delivered, what was turned away, subscriptions as last seen
    #[command(after_help = "Example:\n  tieout events status --limit 20")]
    Status {
        /// At most this many of the newest deliveries
        #[arg(long, value_name = "N", default_value_t = 10)]
        limit: u32,
    },
    /// Ask a source which topics its catalogue lists
    #[command(after_help = "Example:\n  tieout events topics concur-us")]
    Topics(EventsOf),
    /// Ask a source for the application's subscriptions
    #[command(after_help = "Example:\n  tieout events subscriptions concur-us")]
    Subscriptions(EventsOf),
    /// Subscribe to what the catalogue lists and tieout follows, and keep it so
    #[command(after_help = "Example:\n  tieout events subscribe concur-us")]
    Subscribe(EventsOf),
    /// Make subscriptions again that are missing or were changed
    #[command(after_help = "Example:\n  tieout events repair")]
    Repair(EventsOf),
    /// Keep the key that signs a connection's webhooks; the one before stays valid beside it
    ///
    /// It is read from standard input (< FILE), so that it stands in no list of commands.
    #[command(after_help = "Example:\n  tieout events key qbo-us")]
    Key {
        /// The connection's name
        connection: String,
    },
    /// End a subscription of this home, or all of them
    #[command(after_help = "Examples:\n  tieout events unsubscribe concur-us --all\n  \
                      tieout events unsubscribe --id tieout.4f1c.public.test")]
    Unsubscribe {
        /// Whose
        #[command(flatten)]
        of: EventsOf,
        /// The subscription's id, as `events subscriptions` shows it
        #[arg(long, value_name = "ID", required_unless_present = "all")]
        id: Option<String>,
        /// All subscriptions of this home
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
}

/// Whose events.
#[derive(Debug, Clone, Default, Args)]
pub struct EventsOf {
    /// The connection's name; nothing: each one that has events
    pub connection: Option<String>,
}
