//! The JSON Schema of a policy, generated from its types: for editors and the reference.
//!
//! It describes how people should write a policy. Reading is wider in one way: numbers and truth values may stand in
//! quotes. It is narrower in many: what refers to something must find it.

use crate::file::{BuiltIn, CatalogLine, PolicyFile};
use crate::treatment::{
    Generalize, Mask, MaskOptions, Prefix, Pseudonymize, Replace, Scan, ScanFor, Shift, Tokenize, Treatment,
    Truncate, WithKey,
};
use crate::values::{Entries, Name, Period, Until, Whole};
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::Value;
use std::borrow::Cow;

/// The JSON Schema (draft 2020-12) of a policy.
#[must_use]
pub fn schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<PolicyFile>();
    schema.insert("title".into(), "Frostglass policy".into());
    let mut value = schema.to_value();
    without_null(&mut value);
    for (section, pattern) in [
        ("recipients", Name::PATTERN),
        ("keys", Name::PATTERN),
        ("classes", Name::PATTERN),
        ("treatments", Name::PATTERN),
        ("detectors", Name::PATTERN),
        ("catalog", SELECTOR),
    ] {
        if let Some(Value::Object(section)) = value.pointer_mut(&format!("/properties/{section}")) {
            section.insert("propertyNames".into(), serde_json::json!({"pattern": pattern}));
        }
    }
    value
}

/// Optional members are left out, never null: the reader refuses it, so the schema must not offer it.
fn without_null(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_null),
        Value::Object(members) => {
            members.values_mut().for_each(without_null);
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|word| word != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    members.insert("type".into(), only);
                }
            }
            if let Some(Value::Array(choices)) = members.get_mut("anyOf") {
                choices.retain(|choice| choice != &serde_json::json!({"type": "null"}));
                if let [Value::Object(only)] = choices.as_slice() {
                    let only = only.clone();
                    members.remove("anyOf");
                    // The member's own description says more than its type's.
                    for (name, value) in only {
                        members.entry(name).or_insert(value);
                    }
                }
            }
        }
        _ => {}
    }
}

/// A selector as far as a pattern can tell: not empty, no blanks around it, no control characters. Compiling knows the rest.
const SELECTOR: &str = r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$";

macro_rules! schema_of {
    ($($type:ty, $name:literal, $body:expr;)*) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $body
            }
        }
    )*};
}

schema_of! {
    Name, "name", json_schema!({
        "description": "A name: small letters, digits and single dashes, beginning with a letter.",
        "type": "string", "pattern": Name::PATTERN, "maxLength": Name::MAX,
    });
    Period, "period", json_schema!({
        "description": "A length of time: 90s, 5m, 24h, 30d.",
        "type": "string", "pattern": Period::PATTERN,
    });
    Until, "until", json_schema!({
        "description": "A day (holds to its end) or an instant in UTC.",
        "type": "string", "pattern": Until::PATTERN,
    });
    Prefix, "prefix", json_schema!({
        "description": "What tokens begin with.",
        "type": "string", "pattern": Prefix::PATTERN,
    });
    BuiltIn, "built-in-class", json_schema!({
        "description": "A built-in class.",
        "type": "string", "enum": BuiltIn::words(),
    });
}

impl<const MIN: u64, const MAX: u64> JsonSchema for Whole<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("whole-{MIN}-{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        if MIN == MAX {
            json_schema!({"const": MIN})
        } else {
            json_schema!({"type": "integer", "minimum": MIN, "maximum": MAX})
        }
    }
}

impl<T: JsonSchema> JsonSchema for Entries<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}-by-name", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "additionalProperties": generator.subschema_for::<T>()})
    }
}

impl JsonSchema for ScanFor {
    fn schema_name() -> Cow<'static, str> {
        "scan-for".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "All detectors, or these.",
            "anyOf": [{"const": "all"}, {"type": "array", "items": generator.subschema_for::<Name>(), "minItems": 1}],
        })
    }
}

impl JsonSchema for Mask {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "mask".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<MaskOptions>()
    }
}

/// The catalog: the short form of a line beside the derived long one.
pub(crate) fn catalog(generator: &mut SchemaGenerator) -> Schema {
    let line = [generator.subschema_for::<Name>(), generator.subschema_for::<CatalogLine>()];
    json_schema!({"type": "object", "additionalProperties": {"anyOf": line}})
}

impl JsonSchema for Treatment {
    fn schema_name() -> Cow<'static, str> {
        "treatment".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut choices = vec![json_schema!({"enum": Treatment::BARE})];
        let mut choice = |word: &str, options: Schema| {
            choices.push(json_schema!({
                "type": "object", "properties": {word: options}, "required": [word], "additionalProperties": false,
            }));
        };
        for word in ["keep", "suppress", "summarize"] {
            choice(word, json_schema!({"type": "object", "maxProperties": 0}));
        }
        choice("mask", generator.subschema_for::<Mask>());
        choice("replace", generator.subschema_for::<Replace>());
        choice("pseudonymize", generator.subschema_for::<Pseudonymize>());
        choice("seal", generator.subschema_for::<WithKey>());
        choice("tokenize", generator.subschema_for::<Tokenize>());
        choice("encrypt-ip", generator.subschema_for::<WithKey>());
        choice("rekey", generator.subschema_for::<WithKey>());
        choice("shift", generator.subschema_for::<Shift>());
        choice("generalize", generator.subschema_for::<Generalize>());
        choice("truncate", generator.subschema_for::<Truncate>());
        let mut scan = generator.subschema_for::<Scan>();
        scan.insert("required".into(), serde_json::json!(["scan"]));
        choices.push(scan);
        json_schema!({
            "description": "What is done to a value: exactly one word; a word without options may stand bare.",
            "oneOf": choices,
        })
    }
}
