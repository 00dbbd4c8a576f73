//! One report, many renderers.
