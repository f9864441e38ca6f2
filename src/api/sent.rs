//! A body of JSON, as every address takes it. What the framework would say about one that cannot
//! be read names neither the field nor what to do, repeats what was sent, and lets numbers pass
//! for text: so the body is held against its own schema first, and each fault is told by field.

use std::any::TypeId;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use poem::error::ResponseError;
use poem::http::StatusCode;
use poem::{FromRequest, Request, RequestBody};
use poem_openapi::payload::{Json, ParsePayload, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseFromJSON, Type};
use serde_json::Value;

use crate::problem::{Fault, Kind, Problem};

/// A body of JSON.
#[derive(Debug)]
pub struct Sent<T>(pub T);

impl<T> std::ops::Deref for Sent<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Why a body was not read.
#[derive(Debug, thiserror::Error)]
#[error("a body that cannot be read")]
pub struct NotReadable(pub Problem);

impl ResponseError for NotReadable {
    fn status(&self) -> StatusCode {
        StatusCode::BAD_REQUEST
    }
}

impl<T: Type> Payload for Sent<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(content_type: &str) -> bool {
        Json::<T>::check_content_type(content_type)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: ParseFromJSON + 'static> ParsePayload for Sent<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        let bytes = Vec::<u8>::from_request(request, body).await?;
        Ok(read::<T>(&bytes).map_err(NotReadable)?)
    }
}

poem_openapi::impl_apirequest_for_payload!(Sent<T>, T: ParseFromJSON + 'static);

fn read<T: ParseFromJSON + 'static>(bytes: &[u8]) -> Result<Sent<T>, Problem> {
    let detail = |text: String| Problem::with(Kind::Unreadable, text);
    if bytes.is_empty() {
        return Err(detail("This address takes a body of JSON.".to_owned()));
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|wrong| {
        let (line, column) = (wrong.line(), wrong.column());
        detail(format!(
            "The body is not JSON: see line {line}, column {column}."
        ))
    })?;
    let registry = registry::<T>();
    let mut reading = Reading {
        registry: &registry,
        faults: Vec::new(),
    };
    reading.value(&value, &T::schema_ref(), "");
    if !reading.faults.is_empty() {
        return Err(Problem {
            faults: reading.faults,
            ..Kind::Unreadable.into()
        });
    }
    let parsed = T::parse_from_json(Some(value)).map_err(|_| {
        detail("A value is not one that this address takes: see its document.".to_owned())
    });
    parsed.map(Sent)
}

/// The schemas of a body: made once, and the same for every request.
fn registry<T: ParseFromJSON + 'static>() -> Arc<Registry> {
    static MADE: Mutex<BTreeMap<TypeId, Arc<Registry>>> = Mutex::new(BTreeMap::new());
    // Nothing can panic while it holds the list, or it would again.
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let of_this = made.entry(TypeId::of::<T>()).or_insert_with(|| {
        let mut registry = Registry::new();
        T::register(&mut registry);
        Arc::new(registry)
    });
    of_this.clone()
}

/// The most faults that are told.
const MOST: usize = 20;

struct Reading<'a> {
    registry: &'a Registry,
    faults: Vec<Fault>,
}

impl<'a> Reading<'a> {
    fn value(&mut self, value: &Value, schema: &MetaSchemaRef, field: &str) {
        let Some(schema) = self.schema(schema) else {
            return;
        };
        match (schema.ty, value) {
            (_, Value::Null) if schema.nullable => {}
            ("object", Value::Object(given)) => self.object(given, &schema, field),
            ("array", Value::Array(given)) => {
                let Some(items) = &schema.items else { return };
                for (at, value) in given.iter().enumerate() {
                    self.value(value, items, &below(field, &at.to_string()));
                }
            }
            ("object", _) => self.complain(field, "must be an object"),
            ("array", _) => self.complain(field, "must be a list"),
            ("string", Value::String(text)) => self.text(text, &schema, field),
            ("string", _) => self.complain(field, "must be a text"),
            ("integer", _) => self.integer(value.as_i64(), &schema, field),
            ("number", _) if !value.is_number() => self.complain(field, "must be a number"),
            ("boolean", _) if !value.is_boolean() => self.complain(field, "must be true or false"),
            _ => {}
        }
    }

    fn object(&mut self, given: &serde_json::Map<String, Value>, schema: &MetaSchema, field: &str) {
        if let Some(values) = &schema.additional_properties {
            // Whether a value may be null is not in the schema of a map.
            for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
                self.value(value, values, &below(field, name));
            }
            return;
        }
        for (name, property) in &schema.properties {
            match given.get(*name) {
                None if schema.required.contains(name) => {
                    self.complain(&below(field, name), "is missing");
                }
                // What may be left out may also be null.
                None => {}
                Some(Value::Null) if !schema.required.contains(name) => {}
                Some(value) => self.value(value, property, &below(field, name)),
            }
        }
        let known = |name: &str| schema.properties.iter().any(|(known, _)| *known == name);
        for name in given.keys().filter(|name| !known(name)) {
            self.complain(&below(field, name), "is not a field of this request");
        }
    }

    fn integer(&mut self, value: Option<i64>, schema: &MetaSchema, field: &str) {
        let is_unsigned = schema.format.is_some_and(|format| format.starts_with('u'));
        match value {
            None => self.complain(field, "must be a whole number, not too large"),
            Some(value) if is_unsigned && value < 0 => {
                self.complain(field, "must not be less than 0");
            }
            Some(_) => {}
        }
    }

    fn text(&mut self, text: &str, schema: &MetaSchema, field: &str) {
        if let Some(most) = schema.max_length
            && text.chars().nth(most).is_some()
        {
            self.complain(field, &format!("must have at most {most} characters"));
        }
        let choices: Vec<&str> = schema.enum_items.iter().filter_map(Value::as_str).collect();
        if !choices.is_empty() && !choices.contains(&text) {
            self.complain(field, &format!("must be one of: {}", choices.join(", ")));
        }
        let is_read = match schema.format {
            Some("uuid") => text.parse::<uuid::Uuid>().is_ok(),
            // Years of more than four digits are read as well, and no database keeps them.
            Some("naive-date") => text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok(),
            Some("date-time") => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
            _ => return,
        };
        if !is_read {
            self.complain(field, form(schema.format));
        }
    }

    /// A schema by itself, or without the wrap that says that it may be null.
    fn schema<'b>(&self, schema: &'b MetaSchemaRef) -> Option<Cow<'b, MetaSchema>>
    where
        'a: 'b,
    {
        match schema {
            MetaSchemaRef::Reference(name) => self.registry.schemas.get(name).map(Cow::Borrowed),
            MetaSchemaRef::Inline(schema) => match schema.all_of.first() {
                Some(inner) if schema.all_of.len() == 1 => self.schema(inner).map(|inner| {
                    Cow::Owned(MetaSchema {
                        nullable: schema.nullable || inner.nullable,
                        ..inner.into_owned()
                    })
                }),
                _ => Some(Cow::Borrowed(schema)),
            },
        }
    }

    fn complain(&mut self, field: &str, message: &str) {
        if self.faults.len() < MOST {
            let field = if field.is_empty() { "body" } else { field };
            self.faults.push(Fault::new(field, message));
        }
    }
}

fn form(format: Option<&str>) -> &'static str {
    match format {
        Some("uuid") => "must be an id: 32 hexadecimal digits, as this API gives them",
        Some("naive-date") => "must be a day: 2026-02-28",
        _ => "must be an instant: 2026-02-28T12:00:00Z",
    }
}

/// The name of a field, shortened: it may come from the request.
fn below(field: &str, name: &str) -> String {
    let name: String = name.chars().take(80).collect();
    if field.is_empty() {
        name
    } else {
        format!("{field}.{name}")
    }
}
