//! Who may use what: asked of every field of the schema, so that a new one has to be decided about.

mod matrix;
mod rules;
mod sockets;
mod unseen;
mod world;

pub(crate) use self::rules::viewer;
pub(crate) use self::world::World;
