//! The little HTML that the consoles need: escaping, and the frame both pages share.

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
