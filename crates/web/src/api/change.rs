//! A field of a change that may be left out, or set to null on purpose.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};

/// Left out: keep. Null: empty it. A value: set it. Use with `#[serde(default)]`.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Set<T> {
    /// Not mentioned.
    #[default]
    Keep,
    /// Mentioned: a value, or null.
    To(Option<T>),
}

impl<T> Set<T> {
    /// The new value, or the one there is.
    pub fn or(self, now: Option<T>) -> Option<T> {
        match self {
            Self::Keep => now,
            Self::To(value) => value,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Set<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(deserializer).map(Self::To)
    }
}

impl<T: JsonSchema> JsonSchema for Set<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Set_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}
