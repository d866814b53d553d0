//! The schema as clients read it.

mod asked;
mod sdl;
mod shape;
