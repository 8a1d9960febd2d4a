//! The little HTML that the consoles need: escaping, the frame all pages share, and their tables.

/// Text for element content and quoted attributes.
pub(crate) fn esc(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A whole page: the shared style and script around `body`. Nothing is loaded from anywhere else.
pub(crate) fn page(title: &str, body: &str) -> String {
    include_str!("page.html")
        .replace("{{title}}", &esc(title))
        .replace("{{body}}", body)
}

/// A live part of a page: exchanged when it changed.
pub(crate) fn section(id: &str, class: &str, title: &str, inside: &str) -> String {
    format!("<section class='card {class}' id={id} data-live><h2>{title}</h2>{inside}</section>")
}

/// A table, or a word that there is nothing yet.
pub(crate) fn table(heads: &[&str], rows: Vec<String>) -> String {
    if rows.is_empty() {
        return "<p class=soft>Nothing yet.</p>".to_owned();
    }
    let heads: String = heads.iter().map(|head| format!("<th>{head}</th>")).collect();
    let rows: String = rows.iter().map(|row| format!("<tr>{row}</tr>")).collect();
    format!("<div class=scroll tabindex=0><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>")
}

pub(crate) fn row(cells: &[String]) -> String {
    cells.iter().map(|cell| format!("<td>{cell}</td>")).collect()
}

/// A coloured word.
pub(crate) fn pill(class: &str, word: &str) -> String {
    format!("<span class='pill {class}'>{}</span>", esc(word))
}
