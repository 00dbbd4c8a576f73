//! What is there before a run is committed, after it, and when it stops.

use super::*;

fn write(outputs: &mut Outputs, path: &Path, text: &str) -> Result<(), Failure> {
    let mut out = outputs.create(path, "the import file")?;
    out.write_all(text.as_bytes()).unwrap();
    out.flush().unwrap();
    Ok(())
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_withdrawn_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut outputs = Outputs::new(Existing::Refuse);
    write(&mut outputs, &folder.path().join("a.csv"), "a").unwrap();
    outputs.create(&folder.path().join("b.md"), "a report").unwrap();
    outputs.withdraw("a report");
    assert_eq!(outputs.commit().unwrap().len(), 1);
    assert_eq!(names(folder.path()), ["a.csv"]);
}

#[test]
fn nothing_is_there_before_the_commit_and_everything_after() {
    let folder = tempfile::tempdir().unwrap();
    let mut outputs = Outputs::new(Existing::Refuse);
    write(&mut outputs, &folder.path().join("a.csv"), "a").unwrap();
    write(&mut outputs, &folder.path().join("b.csv"), "b").unwrap();
    assert!(names(folder.path()).iter().all(|name| name.ends_with(".part")));
    let placed = outputs.commit().unwrap();
    assert_eq!(placed.len(), 2);
    assert_eq!(names(folder.path()), ["a.csv", "b.csv"]);
    assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), b"a");
}

#[test]
fn a_run_that_stops_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut outputs = Outputs::new(Existing::Refuse);
    write(&mut outputs, &folder.path().join("a.csv"), "a").unwrap();
    drop(outputs);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn an_output_that_appears_meanwhile_takes_the_others_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let (import, report) = (folder.path().join("a.csv"), folder.path().join("a.json"));
    let mut outputs = Outputs::new(Existing::Refuse);
    write(&mut outputs, &import, "a").unwrap();
    write(&mut outputs, &report, "r").unwrap();
    fs::write(&import, "someone else's").unwrap();
    let failure = outputs.commit().unwrap_err();
    assert!(failure.message.contains("a.csv"), "{failure}");
    assert_eq!(names(folder.path()), ["a.csv"]);
    assert_eq!(fs::read(&import).unwrap(), b"someone else's");
}

#[test]
fn a_file_that_is_continued_is_as_it_was_when_the_run_fails() {
    for (there, meanwhile) in [(None, true), (Some("1\n"), true), (Some("1\n"), false)] {
        let folder = tempfile::tempdir().unwrap();
        let (import, journal) = (folder.path().join("a.csv"), folder.path().join("j"));
        if let Some(text) = there {
            fs::write(&journal, text).unwrap();
        }
        let before = there.unwrap_or_default();
        let mut outputs = Outputs::new(Existing::Refuse);
        write(&mut outputs, &import, "a").unwrap();
        let mut out = outputs.continue_file(&journal, "the journal", before.as_bytes()).unwrap();
        out.write_all(b"2\n").unwrap();
        out.flush().unwrap();
        if meanwhile {
            fs::write(&import, "someone else's").unwrap();
        }
        assert_eq!(outputs.commit().is_err(), meanwhile);
        let expected = if meanwhile { there.map(str::to_owned) } else { Some("1\n2\n".into()) };
        assert_eq!(fs::read_to_string(&journal).ok(), expected);
    }
}

#[test]
fn an_input_is_never_an_output_whatever_the_path() {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("users.csv");
    fs::write(&export, "x").unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    let mut paths = vec![export.clone(), folder.path().join("sub/../users.csv")];
    #[cfg(unix)]
    {
        let soft = folder.path().join("soft.csv");
        std::os::unix::fs::symlink(&export, &soft).unwrap();
        paths.push(soft);
    }
    let hard = folder.path().join("hard.csv");
    fs::hard_link(&export, &hard).unwrap();
    paths.push(hard);
    for path in paths {
        let mut outputs = Outputs::new(Existing::Replace);
        outputs.protect(&export, "the export");
        let failure = outputs.create(&path, "the import file").unwrap_err();
        assert!(failure.message.ends_with("is the same file as the export"), "{failure}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_new_files_are_as_private_as_the_export() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real.csv"), folder.path().join("link.csv"));
    fs::write(&real, "old").unwrap();
    symlink(&real, &link).unwrap();
    let export = folder.path().join("users.csv");
    fs::write(&export, "x").unwrap();
    fs::set_permissions(&export, fs::Permissions::from_mode(0o600)).unwrap();

    let mut outputs = Outputs::new(Existing::Replace);
    outputs.as_private_as(&File::open(&export).unwrap());
    write(&mut outputs, &link, "new").unwrap();
    outputs.commit().unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&real).unwrap(), b"new");
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);

    let (device, nowhere) = (folder.path().join("null"), folder.path().join("nowhere"));
    symlink("/dev/null", &device).unwrap();
    symlink(folder.path().join("gone"), &nowhere).unwrap();
    for (path, words) in [(device, "is not a regular file"), (nowhere, "leads nowhere")] {
        let failure = Outputs::new(Existing::Replace).create(&path, "a report").unwrap_err();
        assert!(failure.message.ends_with(words), "{failure}");
    }
}

#[test]
fn what_exists_and_what_is_asked_for_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, "x").unwrap();
    let failure = Outputs::new(Existing::Refuse).create(&path, "the import file").unwrap_err();
    assert!(failure.message.ends_with("exists already"), "{failure}");

    let mut outputs = Outputs::new(Existing::Replace);
    outputs.create(&path, "the import file").unwrap();
    let again = folder.path().join("./a.csv");
    let failure = outputs.create(&again, "the rollback").unwrap_err();
    assert!(failure.message.starts_with("both the import file and the rollback"), "{failure}");

    let failure = outputs.create(folder.path(), "a report").unwrap_err();
    assert!(failure.message.ends_with("is not a regular file"), "{failure}");
    let failure = outputs.create(&folder.path().join("no/a.csv"), "a report").unwrap_err();
    assert!(failure.message.contains("no") && failure.message.contains("a.csv"), "{failure}");
    assert!(!failure.message.contains(".part"), "{failure}");
    let failure = outputs
        .create(Path::new("-"), "a report")
        .and_then(|_| outputs.create(Path::new("-"), "the plan"));
    assert!(failure.unwrap_err().message.ends_with("would go to standard output"));
}
