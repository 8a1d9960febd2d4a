//! Prints the OpenAPI document: `cargo run -p web --example openapi > crates/web/openapi.json`.

fn main() {
    print!("{}", web::openapi::text());
}
