//! Certificate rules: small, named and cited.
