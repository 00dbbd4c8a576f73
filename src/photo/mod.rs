//! What a photo cell holds, and where its host stands.
