//! Stories: the rules of access as plain text that anybody can read, and the decision held to them.
//!
//! In: `stories/*.story`. Out: one failure that lists every line that does not hold, as file:line.
//! Why so: whoever runs a coworking space can check that we mean the same; each rule of who may open what, and each example of
//! the seed, has its file. `stories/README.md` says how a story is written.
//! Always: an unknown word is an error, a story that asks nothing fails, and each question about a person at a door is also asked the
//! other way round: what may they open, who may open it, what must the vendor hold (P-28).

#[path = "stories/somebody.rs"]
mod somebody;
#[path = "stories/text.rs"]
mod text;
#[path = "stories/words.rs"]
mod words;
#[path = "stories/world.rs"]
mod world;

use std::fs;
use std::path::Path;

use access::decision::{Decision, Reason, decide, doors_open_to, people_let_in};
use access::grants::desired;
use access::{Instant, Window};
use text::{Told, cut, instant};
use words::{SOURCES, WORDS, by, word};
use world::World;

/// Reads a story; answers each line that does not hold, and how many questions it asked.
fn read(file: &str, text: &str) -> (Vec<String>, usize) {
    let (mut world, mut wrong, mut asked) = (World::default(), Vec::new(), 0);
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let outcome = match line.split_once('→') {
            _ if line.is_empty() => Ok(()),
            Some((question, answer)) => {
                asked += 1;
                ask(&world, question.trim(), answer.trim())
            }
            None => world.tell(line),
        };
        if let Err(what) = outcome {
            wrong.push(format!("{file}:{}: {what}\n    {line}", number + 1));
        }
    }
    if asked == 0 {
        wrong.push(format!("{file}:1: this story asks nothing"));
    }
    (wrong, asked)
}

fn ask(world: &World, question: &str, answer: &str) -> Told<()> {
    // A moment is two words, or three in an hour that comes twice.
    let words: Vec<&str> = question.splitn(4, ' ').collect();
    let [date, time, third, ..] = words[..] else {
        return Err("a question begins with a date and a time".into());
    };
    let which = matches!(third, "first" | "second");
    let civil = if which {
        format!("{date} {time} {third}")
    } else {
        format!("{date} {time}")
    };
    let subject = question[civil.len()..].trim();

    if let Some(door) = subject.strip_prefix("who at ") {
        let door = world.door(door)?;
        let at = instant(&world.zone_of_integration(door.integration)?, &civil)?;
        let mut expected = if answer == "nobody" {
            Vec::new()
        } else {
            world.people(answer)?
        };
        expected.sort_unstable();
        let found = people_let_in(&world.facts, door.id, at);
        return if found == expected {
            Ok(())
        } else {
            Err(format!("it opens to {}", names(world, &found)))
        };
    }
    if let Some((name, group)) = subject
        .strip_prefix("vendor must hold ")
        .and_then(|rest| rest.split_once(" in "))
    {
        return must_hold(world, &civil, name, group, answer);
    }
    let (name, door) = cut(subject, " at ")?;
    let (person, door) = (world.person(name)?.id, world.door(door)?);
    let at = instant(&world.zone_of_integration(door.integration)?, &civil)?;
    let decision = decide(&world.facts, person, door.id, at);
    agree(world, &decision)?;
    holds(world, &decision, answer)
}

/// The windows that the vendor must hold from a moment on.
fn must_hold(world: &World, civil: &str, name: &str, group: &str, answer: &str) -> Told<()> {
    let (person, group) = (world.person(name)?.id, world.group(group)?);
    let zone = world.zone_of_integration(group.integration)?;
    let grants = desired(&world.facts, instant(&zone, civil)?);
    let grant = grants
        .iter()
        .find(|grant| grant.person == person && grant.group == group.id);
    let found: Vec<Window> = grant.map(|grant| grant.windows.iter().collect()).unwrap_or_default();
    let expected: Vec<Window> = match answer {
        "nothing" => Vec::new(),
        windows => windows
            .split(" and ")
            .map(|window| between(&zone, window))
            .collect::<Told<_>>()?,
    };
    if found == expected {
        Ok(())
    } else {
        Err(format!("it must hold {found:?}, as instants"))
    }
}

fn between(zone: &str, text: &str) -> Told<Window> {
    let (from, until) = cut(text, " to ")?;
    let until = if until == "open end" {
        Instant::MAX
    } else {
        instant(zone, until)?
    };
    Window::new(instant(zone, from)?, until).ok_or_else(|| "it ends before it starts".into())
}

/// P-28: the four questions have one answer.
fn agree(world: &World, decision: &Decision) -> Told<()> {
    let Decision {
        person, door, at, open, ..
    } = *decision;
    let in_group = |grant: &access::grants::Grant| {
        let group = world.facts.groups.iter().find(|group| group.id == grant.group);
        grant.person == person && grant.windows.contains(at) && group.is_some_and(|group| group.doors.contains(&door))
    };
    let answers = [
        ("may they open it", open),
        (
            "is it among what they may open",
            doors_open_to(&world.facts, person, at).contains(&door),
        ),
        (
            "are they among who may open it",
            people_let_in(&world.facts, door, at).contains(&person),
        ),
        // A door that is gone or elsewhere opens to nobody, though its group may hold people for other doors.
        (
            "must the vendor hold it",
            desired(&world.facts, at).iter().any(in_group) && !shut(decision),
        ),
    ];
    let apart = answers.iter().find(|(_, answer)| *answer != open);
    apart.map_or(Ok(()), |(question, answer)| {
        Err(format!("“{question}” says {answer}, the decision says {open}"))
    })
}

fn shut(decision: &Decision) -> bool {
    decision
        .chain
        .iter()
        .any(|reason| matches!(reason, Reason::DoorGone | Reason::OtherSite))
}

/// Compares a decision with `yes`, `yes, by …`, `yes, but …`, `no, because …` and `…, next …`.
fn holds(world: &World, decision: &Decision, answer: &str) -> Told<()> {
    let mut parts = answer.split(", ");
    let told = || {
        let chain: Vec<String> = decision
            .chain
            .iter()
            .map(|reason| word(reason).to_owned() + by(reason))
            .collect();
        format!(
            "the answer is {}: {}",
            if decision.open { "yes" } else { "no" },
            chain.join("; ")
        )
    };
    let open = match parts.next() {
        Some("yes") => true,
        Some("no") => false,
        other => {
            return Err(format!(
                "an answer is “yes” or “no”, not “{}”",
                other.unwrap_or_default()
            ));
        }
    };
    if open != decision.open {
        return Err(told());
    }
    let mut because = false;
    for part in parts {
        let right = if let Some(sources) = part.strip_prefix("by ") {
            let mut found: Vec<&str> = decision.chain.iter().map(by).filter(|by| !by.is_empty()).collect();
            found.sort_unstable();
            found.dedup();
            let mut expected: Vec<String> = sources.split(" and ").map(|source| format!(" by {source}")).collect();
            expected.sort_unstable();
            if let Some(unknown) = expected.iter().find(|by| !SOURCES.contains(&by.as_str())) {
                return Err(format!("nobody comes in{unknown}; there are{}", SOURCES.join(",")));
            }
            found == expected
        } else if let Some(what) = part.strip_prefix("but ").or_else(|| part.strip_prefix("because ")) {
            if !WORDS.contains(&what) {
                return Err(format!("“{what}” is no reason; reasons are: {}", WORDS.join(", ")));
            }
            because = true;
            let broken = decision
                .chain
                .iter()
                .find(|reason| !matches!(reason, Reason::Inside { .. } | Reason::Sent { .. }));
            broken.is_some_and(|reason| word(reason) == what)
        } else if let Some(civil) = part.strip_prefix("next ") {
            let door = world
                .facts
                .doors
                .iter()
                .find(|door| door.id == decision.door)
                .ok_or("the door is there")?;
            let at = instant(&world.zone_of_integration(door.integration)?, civil)?;
            decision.next.is_some_and(|next| next.from == at)
        } else {
            return Err(format!("“{part}” says nothing about an answer"));
        };
        if !right {
            return Err(format!("{} (next: {:?})", told(), decision.next));
        }
    }
    if open || because {
        Ok(())
    } else {
        Err("“no” needs a “because”".into())
    }
}

fn names(world: &World, people: &[access::id::PersonId]) -> String {
    let name = |id| {
        world
            .facts
            .people
            .iter()
            .find(|person| person.id == id)
            .map_or("?", |person| person.name.as_str())
    };
    if people.is_empty() {
        "nobody".into()
    } else {
        people.iter().map(|id| name(*id)).collect::<Vec<_>>().join(" and ")
    }
}

#[test]
fn every_story_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("stories");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the stories lie beside this file")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "story"))
        .collect();
    files.sort();
    let (mut wrong, mut asked, mut rules) = (Vec::new(), 0, String::new());
    for path in &files {
        let text = fs::read_to_string(path).expect("a readable story");
        let name = format!(
            "tests/stories/{}",
            path.file_name().unwrap_or_default().to_string_lossy()
        );
        let (more, questions) = read(&name, &text);
        wrong.extend(more);
        asked += questions;
        rules.push_str(text.lines().next().unwrap_or_default());
    }
    // P-23, time passes, is a rule of a later day.
    for rule in ["P-20", "P-21", "P-22", "P-24", "P-25", "P-26", "P-27", "P-28"] {
        if !rules.contains(rule) {
            wrong.push(format!("no story's first line names {rule}"));
        }
    }
    println!("{} stories, {asked} questions", files.len());
    assert!(
        files.len() >= 12 && wrong.is_empty(),
        "{} stories\n{}",
        files.len(),
        wrong.join("\n")
    );
}

const SMALL: &str =
    "location Pier in Europe/Berlin\ndoor Front at Pier\ngroup Members at Pier opens Front\nperson Mira\n";

fn wrong(more: &str) -> Vec<String> {
    read("small.story", &format!("{SMALL}{more}")).0
}

#[test]
fn a_story_that_asks_nothing_fails() {
    assert_eq!(wrong(""), ["small.story:1: this story asks nothing"]);
}

#[test]
fn a_wrong_answer_is_told_by_file_and_line() {
    let wrong = wrong("2026-03-10 11:29 Mira at Front → yes");
    assert!(
        wrong.len() == 1 && wrong[0].starts_with("small.story:5: the answer is no: nothing assigned"),
        "{wrong:?}"
    );
    let right = "2026-03-10 11:29 Mira at Front → no, because nothing assigned";
    assert!(self::wrong(right).is_empty());
}

#[test]
fn unknown_words_names_and_times_are_refused() {
    let asked = "\n2026-03-10 11:29 Mira at Front → no, because nothing assigned";
    for line in [
        "castle Pier in Europe/Berlin",
        "person Nils, tired",
        "Mira dances at Pier",
        "Nobody books Room on 2026-03-10 12:00 to 13:00",
        "plan Desk opens Everything",
        "2026-03-10 25:00 Mira at Front → no, because nothing assigned",
        "2026-03-29 02:30 Mira at Front → no, because nothing assigned",
        "2026-10-25 02:30 Mira at Front → no, because nothing assigned",
        "2026-03-10 11:29 Mira at Front → maybe",
        "2026-03-10 11:29 Mira at Front → no",
        "2026-03-10 11:29 Mira at Front → no, because bad luck",
        "2026-03-10 11:29 Mira at Back → no, because nothing assigned",
    ] {
        let wrong = wrong(&format!("{line}{asked}"));
        assert!(
            wrong.len() == 1 && wrong[0].starts_with("small.story:5: "),
            "{line}: {wrong:?}"
        );
    }
}
