//! The exports that are measured on, made when they are first wanted, and the commands on them.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use lab::exports::{Shape, Size};
use photofix::export::Encoding;

use crate::measure::{Task, text};
use crate::{Outcome, Setting};

/// The large exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// UTF-8, one row in a hundred with an address.
    Few,
    /// UTF-8, every other row with an address.
    Half,
    /// UTF-16LE with tabs, one row in a hundred with an address.
    Wide,
}

/// The large exports that are there.
#[derive(Default)]
pub(crate) struct Files {
    made: Vec<(Kind, Export)>,
}

/// An export with its plan, and where what is made of it goes.
#[derive(Clone)]
pub(crate) struct Export {
    pub(crate) path: PathBuf,
    pub(crate) plan: PathBuf,
    pub(crate) import: PathBuf,
    pub(crate) copy: PathBuf,
    pub(crate) map: PathBuf,
}

impl Kind {
    /// As the table says it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Few => "UTF-8, 1 % addresses",
            Self::Half => "UTF-8, 50 % addresses",
            Self::Wide => "UTF-16LE, 1 % addresses",
        }
    }
}

impl Files {
    /// A large export; the same for all who ask.
    pub(crate) fn large(&mut self, kind: Kind, setting: &Setting) -> Outcome<Export> {
        if let Some((_, export)) = self.made.iter().find(|(made, _)| *made == kind) {
            return Ok(export.clone());
        }
        let (name, addresses, encoding) = match kind {
            Kind::Few => ("few", 1, Encoding::Utf8),
            Kind::Half => ("half", 50, Encoding::Utf8),
            Kind::Wide => ("wide", 1, Encoding::Utf16Le),
        };
        let size = Size::Bytes(setting.bytes);
        let shape = Shape { size, addresses, encoding, ..Shape::default() };
        let export = Export::make(setting, &setting.folder, name, shape)?;
        self.made.push((kind, export.clone()));
        Ok(export)
    }
}

impl Export {
    /// Makes an export, its map and its plan.
    pub(crate) fn make(
        setting: &Setting,
        folder: &Path,
        name: &str,
        shape: Shape,
    ) -> Outcome<Self> {
        let at = |ending: &str| folder.join(format!("{name}.{ending}"));
        let export = Self {
            path: at("csv"),
            plan: at("json"),
            // One of each is enough: nothing is read of them.
            import: folder.join("import.csv"),
            copy: folder.join("copy.csv"),
            map: at("map"),
        };
        let rows = write(&export.path, |out| shape.write(out))?;
        eprintln!("{}: {rows} rows", text(&export.path));
        write(&export.map, |out| shape.write_map(out))?;
        export.planning(setting).run()?;
        Ok(export)
    }

    /// Its length in bytes.
    pub(crate) fn length(&self) -> Outcome<u64> {
        Ok(std::fs::metadata(&self.path)?.len())
    }

    /// Takes the files away.
    pub(crate) fn remove(self) {
        for path in [self.path, self.plan, self.import, self.copy, self.map] {
            // Not all of them were made.
            let _ = std::fs::remove_file(path);
        }
    }

    /// `photofix plan`, without a network.
    pub(crate) fn planning(&self, setting: &Setting) -> Task {
        let arguments = ["plan", text(&self.path), "-o", text(&self.plan), "--offline", "--map"];
        Task::of(&setting.photofix, &arguments)
            .arguments(&[text(&self.map), "-q"])
            .writes(&[&self.plan])
    }

    /// `photofix fix`, without a network.
    pub(crate) fn fixing(&self, setting: &Setting) -> Task {
        let arguments = ["fix", text(&self.path), "-o", text(&self.import), "--offline", "--map"];
        Task::of(&setting.photofix, &arguments)
            .arguments(&[text(&self.map), "-q"])
            .writes(&[&self.import])
    }

    /// `photofix apply`.
    pub(crate) fn applying(&self, setting: &Setting) -> Task {
        let arguments = ["apply", text(&self.path), "--plan", text(&self.plan), "-o"];
        Task::of(&setting.photofix, &arguments)
            .arguments(&[text(&self.import), "-q", "--again"])
            .writes(&[&self.import])
    }

    /// `photofix inspect`.
    pub(crate) fn inspecting(&self, setting: &Setting) -> Task {
        Task::of(&setting.photofix, &["inspect", text(&self.path)])
    }

    /// The second pass alone, into the copy.
    pub(crate) fn rewriting(&self, setting: &Setting) -> Task {
        let arguments = ["rewrite", text(&self.path), text(&self.plan), text(&self.copy)];
        Task::of(&setting.engine, &arguments).writes(&[&self.copy])
    }

    /// The first pass alone.
    pub(crate) fn counting(&self, setting: &Setting) -> Task {
        Task::of(&setting.engine, &["count", text(&self.path)])
    }

    /// Reading and nothing else than one of these: `hash`; `copy`, `copy-hashed` or `scan` into the copy.
    pub(crate) fn only(&self, work: &str, setting: &Setting) -> Task {
        let task = Task::of(&setting.engine, &[work, text(&self.path)]);
        match work {
            "hash" => task,
            _ => task.arguments(&[text(&self.copy)]).writes(&[&self.copy]),
        }
    }

    /// `cat` into the copy.
    pub(crate) fn copying(&self) -> Task {
        Task::new("cat", &[text(&self.path)]).into_file(&self.copy)
    }
}

fn write<T>(path: &Path, text: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>) -> Outcome<T> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let written = text(&mut out)?;
    out.flush()?;
    Ok(written)
}
