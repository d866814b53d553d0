//! The schema as clients read it.

mod asked;
pub(crate) mod sdl;
mod shape;
