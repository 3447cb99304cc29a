//! The item bank and the migrations are built into the program: a new file among them means another build.

fn main() {
    for folder in ["content", "migrations"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
