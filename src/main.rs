//! The `cartograph` command.
fn main() {
    print!("{}", cartograph::graphql::sdl());
}
