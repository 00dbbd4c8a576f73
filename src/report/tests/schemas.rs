//! Documents held against the published schemas.
