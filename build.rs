//! A new migration is a new file, which only this makes Cargo notice: the macro that embeds them sees known ones.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
