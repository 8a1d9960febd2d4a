//! Checks a JSON body against the schema that the document publishes, and says everything that is wrong at once.
//!
//! In: a JSON value and the schema of the type it shall become. Out: one sentence per wrong field, with its path.
//! Why so: the published schema and the check are one thing, and people mend all fields in one go.
//! Always: fields we do not know are refused kindly, with the nearest known one; bounded depth.
//! Not here: rules across fields or about stored things; handlers and the store check those.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use serde_json::{Map, Value};

use crate::problem::FieldError;
use crate::words::validation as say;

const DEEPEST: usize = 12;

/// The schema of a request type, made once per type.
pub fn schema_of<T: schemars::JsonSchema + 'static>() -> Value {
    static MADE: LazyLock<Mutex<BTreeMap<&'static str, Value>>> = LazyLock::new(Mutex::default);
    let name = std::any::type_name::<T>();
    let mut made = MADE.lock().expect("nothing panics while it is held");
    made.entry(name)
        .or_insert_with(|| {
            schemars::generate::SchemaSettings::draft2020_12()
                .into_generator()
                .into_root_schema_for::<T>()
                .into()
        })
        .clone()
}

/// Everything that is wrong with the value; empty when it fits.
pub fn check(value: &Value, schema: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    Check {
        root: schema,
        errors: &mut errors,
    }
    .value(value, schema, "", 0);
    errors
}

struct Check<'a> {
    root: &'a Value,
    errors: &'a mut Vec<FieldError>,
}

impl Check<'_> {
    fn wrong(&mut self, path: &str, sentence: String) {
        let field = if path.is_empty() { "body" } else { path };
        self.errors.push(FieldError::new(field, sentence));
    }

    fn value(&mut self, value: &Value, schema: &Value, path: &str, depth: usize) {
        if depth > DEEPEST {
            return self.wrong(path, say::too_deep());
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let root = self.root;
            if let Some(found) = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
                self.value(value, found, path, depth + 1);
            }
            return;
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(options) = schema.get(key).and_then(Value::as_array) {
                return self.one_of(value, options, path, depth);
            }
        }
        if let Some(fixed) = schema.get("const") {
            if fixed != value {
                self.wrong(path, say::only(std::slice::from_ref(fixed)));
            }
            return;
        }
        if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
            if !choices.contains(value) {
                self.wrong(path, say::only(choices));
            }
            return;
        }
        let types = types_of(schema);
        if !types.is_empty() && !types.iter().any(|kind| is_of(value, kind)) {
            let missing = value.is_null();
            return self.wrong(
                path,
                if missing {
                    say::needed()
                } else {
                    say::type_wanted(&types)
                },
            );
        }
        match value {
            Value::Object(fields) => self.object(fields, schema, path, depth),
            Value::Array(items) => self.array(items, schema, path, depth),
            Value::String(text) => self.text(text, schema, path),
            Value::Number(number) => self.number(number.as_f64().unwrap_or(f64::NAN), schema, path),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Fits one of several shapes; otherwise tells the faults of the one that came nearest.
    fn one_of(&mut self, value: &Value, options: &[Value], path: &str, depth: usize) {
        let fixed: Vec<Value> = options
            .iter()
            .filter_map(|option| option.get("const").cloned())
            .collect();
        if fixed.len() == options.len() {
            if !fixed.contains(value) {
                self.wrong(path, say::only(&fixed));
            }
            return;
        }
        let mut nearest: Option<Vec<FieldError>> = None;
        for option in options {
            let mut errors = Vec::new();
            Check {
                root: self.root,
                errors: &mut errors,
            }
            .value(value, option, path, depth + 1);
            if errors.is_empty() {
                return;
            }
            let shape_fits = errors.iter().all(|error| error.field != path || path.is_empty());
            let null_only = option.get("type").and_then(Value::as_str) == Some("null");
            if !null_only && (nearest.is_none() || shape_fits) {
                nearest = Some(errors);
            }
        }
        self.errors.extend(nearest.unwrap_or_default());
    }

    fn object(&mut self, fields: &Map<String, Value>, schema: &Value, path: &str, depth: usize) {
        let empty = Map::new();
        let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        for name in schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if !fields.contains_key(name) {
                self.wrong(&join(path, name), say::needed());
            }
        }
        let strict = schema.get("additionalProperties").and_then(Value::as_bool) == Some(false);
        for (name, value) in fields {
            match known.get(name) {
                Some(inner) => self.value(value, inner, &join(path, name), depth + 1),
                None if strict => {
                    let names: Vec<&str> = known.keys().map(String::as_str).collect();
                    self.wrong(&join(path, name), say::unknown_field(name, &names));
                }
                None => {}
            }
        }
    }

    fn array(&mut self, items: &[Value], schema: &Value, path: &str, depth: usize) {
        if let Some(most) = schema.get("maxItems").and_then(Value::as_u64)
            && items.len() as u64 > most
        {
            self.wrong(path, say::at_most_items(most));
        }
        if let Some(least) = schema.get("minItems").and_then(Value::as_u64)
            && (items.len() as u64) < least
        {
            self.wrong(path, say::at_least_items(least));
        }
        if let Some(inner) = schema.get("items") {
            for (i, item) in items.iter().enumerate() {
                self.value(item, inner, &join(path, &i.to_string()), depth + 1);
            }
        }
    }

    fn text(&mut self, text: &str, schema: &Value, path: &str) {
        let length = text.chars().count() as u64;
        if let Some(least) = schema.get("minLength").and_then(Value::as_u64)
            && length < least
        {
            return self.wrong(
                path,
                if length == 0 {
                    say::needed()
                } else {
                    say::at_least_characters(least)
                },
            );
        }
        if let Some(most) = schema.get("maxLength").and_then(Value::as_u64)
            && length > most
        {
            return self.wrong(path, say::at_most_characters(most, length));
        }
        if let Some(format) = schema.get("format").and_then(Value::as_str)
            && let Some(sentence) = say::format(format, text)
        {
            self.wrong(path, sentence);
        }
    }

    fn number(&mut self, number: f64, schema: &Value, path: &str) {
        let least = schema.get("minimum").and_then(Value::as_f64);
        let most = schema.get("maximum").and_then(Value::as_f64);
        if least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most) {
            self.wrong(path, say::between(least, most));
        }
    }
}

fn types_of(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(schemars::JsonSchema)]
    #[schemars(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Wish {
        #[schemars(length(min = 1, max = 5))]
        name: String,
        #[schemars(range(min = 0, max = 9))]
        count: Option<i64>,
        color: Option<Color>,
        #[schemars(with = "crate::wire::At")]
        at: String,
    }

    #[derive(schemars::JsonSchema)]
    #[schemars(rename_all = "snake_case")]
    #[allow(dead_code)]
    enum Color {
        Red,
        Blue,
    }

    fn faults(value: Value) -> Vec<String> {
        check(&value, &schema_of::<Wish>())
            .into_iter()
            .map(|error| error.field)
            .collect()
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let found = faults(json!({"name": "", "count": 12, "color": "green", "at": "tomorrow", "nmae": 1}));
        let mut sorted = found.clone();
        sorted.sort();
        assert_eq!(sorted, ["at", "color", "count", "name", "nmae"]);
    }

    #[test]
    fn what_fits_has_no_faults() {
        assert_eq!(
            faults(json!({"name": "Ada", "at": "2026-03-01T10:00:00Z", "color": "red"})),
            Vec::<String>::new()
        );
        assert_eq!(
            faults(json!({"name": "Ada", "at": "2026-03-01T10:00:00Z", "count": null})),
            Vec::<String>::new()
        );
    }
}
