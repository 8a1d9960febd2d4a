//! Says clearly what is missing when the pages' assets have not been built; tells cargo when to embed them again.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=assets/dist");
    println!("cargo:rerun-if-changed=templates");
    if !Path::new("assets/dist").is_dir() {
        println!(
            "cargo::error=The pages' assets are not built yet (crates/web/assets/dist is missing). Run `make assets` first."
        );
    }
}
