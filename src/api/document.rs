//! What the document of the API says beyond what the framework finds out by itself: that a field
//! which need not be there may also be null. Our answers always hold all their fields, so that
//! their length tells nothing; the framework describes an `Option` as a value that is never null.

use std::collections::HashMap;

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem_openapi::OpenApi;
use poem_openapi::registry::{MetaApi, MetaSchema, MetaSchemaRef, Registry};

/// Maps of which a value may be null: skipped items.
const SKIPPING: [(&str, &str); 2] = [("Sheet", "answers"), ("Draft", "answers")];

/// Routes whose document says where there may be a null.
pub struct Described<T>(pub T);

impl<T: OpenApi> OpenApi for Described<T> {
    fn meta() -> Vec<MetaApi> {
        T::meta()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
        for (name, schema) in &mut registry.schemas {
            describe(name, schema);
        }
    }

    fn add_routes(self, routes: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {
        self.0.add_routes(routes);
    }
}

fn describe(name: &str, schema: &mut MetaSchema) {
    for (field, property) in &mut schema.properties {
        if SKIPPING.contains(&(name, field)) {
            let inner = match property {
                MetaSchemaRef::Inline(schema) => schema.additional_properties.as_deref_mut(),
                MetaSchemaRef::Reference(_) => None,
            };
            inner.into_iter().for_each(allow_null);
        }
        if !schema.required.contains(field) && !has_default(property) {
            allow_null(property);
        }
    }
}

/// What has a default is a value in every answer.
fn has_default(property: &MetaSchemaRef) -> bool {
    matches!(property, MetaSchemaRef::Inline(schema) if schema.default.is_some())
}

fn allow_null(property: &mut MetaSchemaRef) {
    if let MetaSchemaRef::Reference(_) = property {
        let named = property.clone();
        *property = MetaSchemaRef::Inline(Box::new(MetaSchema {
            all_of: vec![named],
            ..MetaSchema::ANY
        }));
    }
    if let MetaSchemaRef::Inline(schema) = property {
        schema.nullable = true;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[test]
    fn what_may_be_missing_may_be_null_and_nothing_else() {
        let document: Value = serde_json::from_str(&crate::api::service().spec()).expect("JSON");
        let schemas = &document["components"]["schemas"];
        for (schema, field, expected) in [
            ("Publication", "mean", json!(true)),
            ("Publication", "wave", Value::Null),
            ("Sheet", "reach", json!(true)),
            ("SignInBody", "shared_device", Value::Null),
            ("Problem", "faults", Value::Null),
        ] {
            let property = &schemas[schema]["properties"][field];
            assert!(property.is_object(), "{schema}.{field}");
            assert_eq!(property["nullable"], expected, "{schema}.{field}");
        }
        let answers = &schemas["Draft"]["properties"]["answers"];
        assert_eq!(answers["additionalProperties"]["nullable"], true);
    }
}
