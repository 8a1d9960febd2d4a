//! The rules of the rooms: arrows, where SQL and status codes may stand, headers, sizes, words.
//!
//! In: the repository's own files. Out: one failure that lists every place, with the rule it breaks.
//! Why so: a rule that no test holds is a wish. Each rule here has a self-check that it can fail.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const ROOMS: [&str; 7] = [
    "access",
    "store",
    "connectors",
    "worker",
    "web",
    "simulators",
    "vestibule",
];

/// Who may import whom, tests apart; ARCHITECTURE.md says the same in words.
fn arrows() -> BTreeMap<&'static str, Vec<&'static str>> {
    BTreeMap::from([
        ("access", vec![]),
        ("store", vec!["access"]),
        ("connectors", vec!["access"]),
        ("worker", vec!["access", "store", "connectors"]),
        ("web", vec!["access", "store"]),
        ("simulators", vec![]),
        (
            "vestibule",
            vec!["access", "store", "connectors", "worker", "web", "simulators"],
        ),
    ])
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the suite lies in the repository")
        .to_owned()
}

/// Every file below a folder whose name ends so, leaving out what is built or installed.
fn files(below: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![below.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the repository can be read") {
            let path = entry.expect("an entry can be read").path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default()
                .to_owned();
            if path.is_dir() {
                if !["target", "node_modules", "dist", ".git", "screenshots", ".data"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn room_of(path: &Path) -> Option<&'static str> {
    let shown = shown(path);
    ROOMS
        .into_iter()
        .find(|room| shown.starts_with(&format!("crates/{room}/")))
}

/// Code without its comments, so that a rule about code does not trip over prose.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter_map(|(number, line)| {
        let trimmed = line.trim_start();
        (!trimmed.starts_with("//")).then_some((number + 1, line))
    })
}

/// Lines before the module of unit tests, which may do more than the code it tests.
fn before_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

fn fail_if_any(rule: &str, places: Vec<String>) {
    assert!(places.is_empty(), "{rule}\n  {}", places.join("\n  "));
}

fn each_rust_file(mut visit: impl FnMut(&Path, &str)) {
    let mut seen = 0;
    for folder in ["crates", "tests"] {
        for path in files(&root().join(folder), ".rs") {
            let text = fs::read_to_string(&path).expect("a source file is text");
            visit(&path, &text);
            seen += 1;
        }
    }
    assert!(
        seen > 20,
        "the walk found only {seen} files: it looks in the wrong place"
    );
}

#[test]
fn arrows_between_rooms_are_the_ones_drawn() {
    let mut places = Vec::new();
    for (room, allowed) in arrows() {
        let manifest =
            fs::read_to_string(root().join(format!("crates/{room}/Cargo.toml"))).expect("a room has a manifest");
        let dependencies = manifest
            .split("\n[")
            .find_map(|part| part.strip_prefix("dependencies]"))
            .expect("a room lists its dependencies");
        for other in ROOMS {
            let imports = dependencies
                .lines()
                .any(|line| line.split(['.', '=', ' ']).next().is_some_and(|name| name == other));
            if imports && !allowed.contains(&other) {
                places.push(format!("{room} → {other}"));
            }
        }
    }
    fail_if_any("A room imports one it may not know:", places);
}

#[test]
fn sql_stands_in_the_store_alone() {
    let words = [
        "SELECT ",
        "INSERT INTO ",
        "DELETE FROM ",
        "CREATE TABLE ",
        " SET known_",
        "BEGIN IMMEDIATE",
        "PRAGMA ",
    ];
    let mut places = Vec::new();
    each_rust_file(|path, text| {
        if room_of(path) == Some("store") || path.ends_with("tests/rooms.rs") {
            return;
        }
        for (number, line) in code_lines(text) {
            if words.iter().any(|word| line.contains(word)) {
                places.push(format!("{}:{number}", shown(path)));
            }
        }
    });
    fail_if_any("SQL outside the store:", places);
}

#[test]
fn access_is_pure() {
    let words = [
        "async ",
        ".await",
        "tokio",
        "std::fs",
        "std::net",
        "std::env",
        "SystemTime",
        "Timestamp::now",
        "Zoned::now",
        "getrandom",
        "println!",
    ];
    let mut places = Vec::new();
    for path in files(&root().join("crates/access/src"), ".rs") {
        let text = fs::read_to_string(&path).expect("a source file is text");
        for (number, line) in code_lines(before_tests(&text)) {
            for word in words.iter().filter(|word| line.contains(**word)) {
                places.push(format!("{}:{number} ({})", shown(&path), word.trim()));
            }
        }
    }
    fail_if_any("The room that decides must not do:", places);
}

#[test]
fn only_connectors_and_their_twins_name_a_vendor() {
    let vendors = ["kisi", "salto", "tapkey", "luckey"];
    let mut places = Vec::new();
    for room in ["access", "store", "web"] {
        for ending in [".rs", ".html", ".ts", ".sql"] {
            for path in files(&root().join(format!("crates/{room}")), ending) {
                // The pictures' sample page is no page of the product.
                if path.ends_with("assets/gallery.html") {
                    continue;
                }
                let text = fs::read_to_string(&path).expect("a source file is text");
                let in_tests = shown(&path).contains("/tests/");
                let code = if ending == ".rs" { before_tests(&text) } else { &text };
                for (number, line) in code.lines().enumerate() {
                    let line = line.to_lowercase();
                    if !in_tests && vendors.iter().any(|vendor| line.contains(vendor)) {
                        places.push(format!("{}:{}", shown(&path), number + 1));
                    }
                }
            }
        }
    }
    fail_if_any("A vendor's name outside its folder:", places);
}

#[test]
fn status_codes_stand_where_http_is_spoken() {
    let mut places = Vec::new();
    each_rust_file(|path, text| {
        if matches!(room_of(path), Some("access" | "store" | "worker")) {
            for (number, line) in code_lines(before_tests(text)) {
                if line.contains("StatusCode") || line.contains("http::") {
                    places.push(format!("{}:{number}", shown(path)));
                }
            }
        }
    });
    fail_if_any("An HTTP status where nobody speaks HTTP:", places);
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let mut places = Vec::new();
    each_rust_file(|path, text| {
        if !text.starts_with("//! ") {
            places.push(shown(path));
        }
    });
    fail_if_any("A file without a header:", places);
}

#[test]
fn long_files_say_why() {
    let mut places = Vec::new();
    each_rust_file(|path, text| {
        let lines = text.lines().count();
        let reason = text.lines().take(20).any(|line| line.starts_with("//! Long because"));
        if lines > 500 && !reason {
            places.push(format!("{} ({lines} lines)", shown(path)));
        }
    });
    fail_if_any("A file over 500 lines without a reason:", places);
}

#[test]
fn words_that_mean_nothing_stay_out() {
    // Put together here so that this file does not trip over itself.
    let left_overs = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["XX", "X"].concat(),
        ["todo", "!("].concat(),
        ["unimplemented", "!("].concat(),
        ["#[ign", "ore"].concat(),
    ];
    let empty_names = [
        "fn get_",
        "fn handle_",
        "mod util",
        "mod helper",
        "mod utils",
        "mod helpers",
        "Manager {",
    ];
    let mut places = Vec::new();
    each_rust_file(|path, text| {
        if path.ends_with("tests/rooms.rs") {
            return;
        }
        for (number, line) in text.lines().enumerate() {
            for word in &left_overs {
                if line.contains(word.as_str()) {
                    places.push(format!("{}:{} ({word})", shown(path), number + 1));
                }
            }
            for word in empty_names {
                // A company manager is a role people have (P-2).
                if line.contains(word) && !line.contains("CompanyManager") {
                    places.push(format!("{}:{} ({word})", shown(path), number + 1));
                }
            }
        }
    });
    fail_if_any("A word that says nothing, or a thing left for later:", places);
}

#[test]
fn every_table_has_its_tenant_first() {
    let mut places = Vec::new();
    let mut tables = 0;
    for path in files(&root().join("crates/store/migrations"), ".sql") {
        let text = fs::read_to_string(&path).expect("a migration is text");
        for table in text.split("CREATE TABLE").skip(1) {
            tables += 1;
            let body = table
                .split_once('(')
                .map(|(_, body)| body.trim_start())
                .unwrap_or_default();
            if !body.starts_with("network_id") {
                places.push(format!(
                    "{}: {}",
                    shown(&path),
                    table.lines().next().unwrap_or_default().trim()
                ));
            }
        }
    }
    assert!(
        tables > 10,
        "only {tables} tables found: the walk looks in the wrong place"
    );
    fail_if_any("A table whose first column is not its tenant:", places);
}
