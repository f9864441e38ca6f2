//! Which methods an address takes, for the `Allow` header of a refusal.

use serde_json::Value;

/// The addresses of the API with their methods.
pub struct Methods(Vec<(String, String)>);

impl Methods {
    /// Reads them from the document of the API.
    #[must_use]
    pub fn of(document: &str) -> Self {
        let document: Value = serde_json::from_str(document).unwrap_or_default();
        let paths = document["paths"].as_object().into_iter().flatten();
        let methods = |methods: &Value| {
            let names = methods.as_object().into_iter().flatten();
            let names: Vec<String> = names.map(|(name, _)| name.to_uppercase()).collect();
            names.join(", ")
        };
        Self(
            paths
                .map(|(path, operations)| (path.clone(), methods(operations)))
                .collect(),
        )
    }

    /// The methods of an address, which may be none of the API's: those are only read.
    #[must_use]
    pub fn at(&self, path: &str) -> &str {
        let found = self.0.iter().find(|(template, _)| fits(template, path));
        found.map_or("GET", |(_, methods)| methods)
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(name), Some(_)) if name.starts_with('{') => {}
            (Some(name), Some(part)) if name == part => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_ids_is_found() {
        let document = r#"{"paths": {"/a/{id}": {"get": {}, "put": {}}, "/a": {"post": {}}}}"#;
        let methods = Methods::of(document);
        for (path, expected) in [
            ("/a/7", "GET, PUT"),
            ("/a", "POST"),
            ("/a/7/b", "GET"),
            ("/healthz", "GET"),
        ] {
            assert_eq!(methods.at(path), expected, "{path}");
        }
    }
}
