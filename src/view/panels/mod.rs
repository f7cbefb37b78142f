//! Everything around the map: lists, details, timeline, bars and pages. Panels take plain data and give commands.
pub mod alert_bands;
mod alerts;
pub mod arranging;
mod attention;
mod clock;
mod command;
pub mod comparison;
pub mod deployments;
mod edge;
pub mod findings;
mod groups;
mod moment;
mod node;
pub mod outage;
mod overview;
pub mod picture;
mod reach;
mod rules;
pub mod services;
pub mod sheets;
pub mod side;
mod sources;
pub mod start;
pub mod status;
pub mod timeline;
pub mod top;
mod traces;
mod widgets;

pub use alerts::spoken as alert_spoken;
pub use attention::{Concern, concerns};
pub use clock::Clock;
pub use moment::WindowFields;
pub use rules::RulesInUse;
pub use sources::Reading;

pub use command::{Command, Item, Sheet, Tab, ThemeChoice, TraceOrder, Window};
