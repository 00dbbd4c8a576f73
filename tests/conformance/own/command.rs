//! Cases for `photofix check`, which sees revocation as Jabber does: a CRL for every CA, for where
//! there is none an old client asks and a strict one refuses.

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose};

use super::authority::{
    Authority, NOT_BEFORE, NOW, alt_names, common_name, named, self_signed, valid,
};
use super::revocation::empty_lists;
use super::{ASKED, BY_CN, Change, FINE, FROWNED, Own, World, revocation};

/// Some of everything.
pub(crate) fn cases() -> Vec<Own> {
    let world = World::new();
    let lists = || empty_lists(&[&world.root, &world.sub]);
    let server = |id: &str, change: Change<'_>, kinds| {
        world.server(&format!("command::{id}"), change, kinds).with_lists(lists())
    };
    let old = |params: &mut CertificateParams| valid(params, NOT_BEFORE, NOW - 1);
    let by_cn = |params: &mut CertificateParams| alt_names(params, &[]);
    let for_clients = |params: &mut CertificateParams| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    };
    let other = Authority::root("Other", &|_| {});
    let (plain, own) = (world.sub.server(&|_| {}), self_signed(&|_| {}));
    let (root, sub) = (&world.root.der, &world.sub.der);
    let chain = |id: &str, roots: &[&_], presented: &[&_], kinds| {
        Own::new(&format!("command::{id}"), roots, presented, kinds).with_lists(lists())
    };
    let mut cases = vec![
        server("plain", &|_| {}, FINE),
        server("wildcard", &|params| named(params, &["*.webex.com"]), FINE),
        server("other-name", &|params| named(params, &["other.webex.com"]), ASKED),
        server("by-cn", &by_cn, BY_CN),
        server(
            "no-name-at-all",
            &|params| {
                by_cn(params);
                common_name(params, "photo server");
            },
            ASKED,
        ),
        server("expired", &old, ASKED),
        server("for-clients", &for_clients, ASKED),
        server("no-purpose", &|params| params.extended_key_usages.clear(), FROWNED),
        chain("root-sent", &[root], &[&plain, root, sub], FINE),
        chain("intermediate-missing", &[root], &[&plain], ASKED),
        chain("private-root", &[&other.der], &[&plain, sub, root], ASKED),
        chain("self-signed", &[root], &[&own], ASKED),
        chain("self-signed-and-trusted", &[root, &own], &[&own], FINE),
    ];
    cases.extend(revocation::cases());
    cases
}
