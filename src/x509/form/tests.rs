//! Certificates with every defect of form.

use super::*;
use crate::x509::trust::TrustAnchors;

#[test]
fn public_roots() {
    for root in TrustAnchors::mozilla().roots() {
        for defect in defects(root.certificate().unwrap(), Member::Anchor) {
            println!("{defect}");
        }
    }
}
