//! Whether a value is as a JSON schema says.
//!
//! Knows the keywords that our generated schemas use. Invariant: an unknown keyword is a fault, never
//! passed over, so a schema cannot grow beyond what is checked here.

use forkpoint::render::{Answer, Format, TextOptions, json, to_string};
use serde_json::Value;

/// Checks that docs/NAME.schema.json is current, or writes it, and that these answers follow it.
pub fn holds<T: Answer + 'static>(name: &str, answers: &[T]) {
    let path = format!("{}/../../docs/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let schema = json::schema::<T>();
    if std::env::var_os("FORKPOINT_BLESS").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n"), schema);
    let schema: Value = serde_json::from_str(&schema).unwrap();
    for answer in answers {
        let json = to_string(answer, Format::Json, TextOptions::default());
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(faults(&schema, &json), Vec::<String>::new());
    }
}

/// Returns what is wrong with `value`, each with its place.
pub fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(schema, schema, value, "$", &mut faults);
    faults
}

fn check(root: &Value, schema: &Value, value: &Value, place: &str, faults: &mut Vec<String>) {
    let Value::Object(keywords) = schema else {
        if *schema != Value::Bool(true) {
            faults.push(format!("{place}: nothing may stand here"));
        }
        return;
    };
    for (keyword, shown) in keywords {
        let fault = |what: String| format!("{place}: {what}, found {value}");
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "format" | "default" => {}
            "$ref" => {
                let path = shown.as_str().and_then(|path| path.strip_prefix('#'));
                let target = path.and_then(|path| root.pointer(path));
                let target = target.unwrap_or_else(|| panic!("{shown} points nowhere"));
                check(root, target, value, place, faults);
            }
            "type" => {
                let types = shown.as_array().cloned().unwrap_or_else(|| vec![shown.clone()]);
                if !types.iter().any(|name| is_a(value, name.as_str().unwrap_or_default())) {
                    faults.push(fault(format!("expected {shown}")));
                }
            }
            "enum" => {
                if !shown.as_array().is_some_and(|known| known.contains(value)) {
                    faults.push(fault(format!("expected one of {shown}")));
                }
            }
            "const" => {
                if shown != value {
                    faults.push(fault(format!("expected {shown}")));
                }
            }
            "minimum" | "maximum" => {
                let (bound, number) = (shown.as_f64(), value.as_f64());
                let order = number.zip(bound).map(|(number, bound)| number.total_cmp(&bound));
                let wrong = if keyword == "minimum" { -1 } else { 1 };
                if order.is_some_and(|order| order as i8 == wrong) {
                    faults.push(fault(format!("{keyword} is {shown}")));
                }
            }
            "required" => {
                for key in shown.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if value.is_object() && value.get(key).is_none() {
                        faults.push(format!("{place}: `{key}` is missing"));
                    }
                }
            }
            "properties"
            | "additionalProperties"
            | "propertyNames"
            | "items"
            | "prefixItems"
            | "maxItems"
            | "minItems" => {} // below
            "anyOf" | "oneOf" => {
                let fitting = shown.as_array().into_iter().flatten().filter(|schema| {
                    let mut faults = Vec::new();
                    check(root, schema, value, place, &mut faults);
                    faults.is_empty()
                });
                let n_fitting = fitting.count();
                if n_fitting == 0 || (keyword == "oneOf" && n_fitting > 1) {
                    faults.push(fault(format!("{n_fitting} of {keyword} fit")));
                }
            }
            other => panic!("tests/schema does not know the keyword `{other}` ({place})"),
        }
    }
    members(root, schema, value, place, faults);
}

fn members(root: &Value, schema: &Value, value: &Value, place: &str, faults: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let place = format!("{place}.{key}");
                let known = schema.get("properties").and_then(|properties| properties.get(key));
                if let Some(schema) = known.or_else(|| schema.get("additionalProperties")) {
                    check(root, schema, value, &place, faults);
                } else if schema.get("properties").is_some() {
                    faults.push(format!("{place}: the schema does not tell of it"));
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let place = format!("{place}[{at}]");
                let first = schema.get("prefixItems").and_then(|schemas| schemas.get(at));
                if let Some(schema) = first.or_else(|| schema.get("items")) {
                    check(root, schema, item, &place, faults);
                }
            }
            let count = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
            let n_items = items.len() as u64;
            if count("minItems").is_some_and(|least| n_items < least)
                || count("maxItems").is_some_and(|most| n_items > most)
            {
                faults.push(format!("{place}: {n_items} items"));
            }
        }
        _ => {}
    }
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("tests/schema does not know the type `{other}`"),
    }
}
