//! EPW.
use crate::solve::Weather;
/// A weather file.
#[derive(Debug, Clone)]
pub struct Epw {}
impl Epw {
    /// The hours the solver needs.
    #[must_use]
    pub fn weather(&self, name: &str) -> Weather {
        Weather { name: name.to_owned(), hours: Vec::new() }
    }
}
/// Why a file is no weather file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EpwError(pub String);
/// Reads an EPW file.
///
/// # Errors
/// A sentence.
pub fn read(_bytes: &[u8]) -> Result<Epw, EpwError> {
    Err(EpwError("not read".to_owned()))
}
