//! Client profiles as a table: what a client does about the findings of the rules.
