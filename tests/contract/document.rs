//! The contract as data: `openapi.yaml`, its operations, and whether a value fits one of its schemas.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::Value;

/// The contract, read once.
pub static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::read);

/// The members of a path that are operations.
const METHODS: [&str; 7] = ["get", "put", "post", "patch", "delete", "head", "options"];

pub struct Contract {
    pub root: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// One operation of the contract.
pub struct Documented<'a> {
    /// In lower case.
    pub method: &'a str,
    pub path: &'a str,
    pub operation: &'a Value,
}

impl Contract {
    fn read() -> Self {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml");
        let text = std::fs::read_to_string(file).unwrap();
        let root = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("openapi.yaml: {error}"));
        Self { root, validators: Mutex::default() }
    }

    pub fn operations(&self) -> impl Iterator<Item = Documented<'_>> {
        self.root["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
            let members = item.as_object().unwrap().iter();
            let operations = members.filter(|(method, _)| METHODS.contains(&method.as_str()));
            operations.map(move |(method, operation)| Documented { method, path, operation })
        })
    }

    /// Follows `$ref` until there is none.
    pub fn resolve<'a>(&'a self, mut value: &'a Value) -> &'a Value {
        while let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let pointer =
                reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads out of the contract"));
            value = self.root.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"));
        }
        value
    }

    /// What is wrong with a value by a schema of the contract, a line each.
    pub fn faults(&self, schema: &Value, value: &Value) -> Vec<String> {
        let errors = self.validator(schema);
        errors.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let key = schema.to_string();
        let known = self.validators.lock().unwrap().get(&key).cloned();
        known.unwrap_or_else(|| {
            let mut rooted = schema.clone();
            // "#/components/…" is found from the root of each schema.
            rooted["components"] = serde_json::json!({ "schemas": self.root["components"]["schemas"] });
            let options = jsonschema::draft202012::options().should_validate_formats(true);
            let validator = options.build(&rooted).unwrap_or_else(|error| panic!("{key} is no schema: {error}"));
            let validator = Arc::new(validator);
            self.validators.lock().unwrap().insert(key, Arc::clone(&validator));
            validator
        })
    }
}
