//! Files that are part of the binary: the playground and the demo shop's pictures.

use include_dir::{Dir, include_dir};

/// GraphiQL as Vite built it from `playground/`.
static PLAYGROUND: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/playground/dist");
/// The pictures of the demo catalogue.
static DEMO_IMAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/demo/images");

/// A file of the playground by its path below `/playground/`.
#[must_use]
pub fn playground(path: &str) -> Option<&'static [u8]> {
    PLAYGROUND.get_file(path).map(include_dir::File::contents)
}

/// A picture of the demo catalogue by its name.
#[must_use]
pub fn demo_image(name: &str) -> Option<&'static [u8]> {
    DEMO_IMAGES.get_file(name).map(include_dir::File::contents)
}
