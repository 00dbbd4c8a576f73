//! Every renderer over the same reports: compared with files that a person has read, validated
//! against the published schemas, and applied by the tools that would apply them.

mod explanations;
mod golden;
mod patch;
pub(super) mod samples;
mod schemas;

/// Some certificate of a host, for tests beside the code.
pub(super) fn certificate(host: &str) -> super::CertificateReport {
    samples::certificate(host, "192.0.2.1", "trusted")
}
