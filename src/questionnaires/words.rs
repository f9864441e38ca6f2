//! Enums whose cases are words of the file format.

/// Makes an enum of words as they stand in the file, with `ALL` for messages.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$case_doc:meta])* $case:ident = $word:literal),* $(,)?
    })*) => { $(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $($(#[$case_doc])* #[serde(rename = $word)] $case),* }

        impl $name {
            /// Every case, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$case),*];

            /// The word in the file.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$case => $word),* }
            }
        }
    )* };
}
pub(crate) use words;
