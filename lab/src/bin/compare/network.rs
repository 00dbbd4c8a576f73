//! Goals 9 to 11: what the network phase costs, in the lab on loopback.

use std::time::Duration;

use lab::exports::{Shape, Size, address, host};
use lab::{Builder, Certificate, Lab, Ocsp};

use crate::files::{Export, Files};
use crate::measure::{Task, text};
use crate::table::{Figure, Row, Table, Wanted, shown};
use crate::{Outcome, Setting};

/// All three.
pub(crate) fn network(setting: &Setting, _: &mut Files, table: &mut Table) -> Outcome {
    if setting.wants(&["9"]) {
        dns(setting, table)?;
    }
    if setting.wants(&["10"]) {
        certificates(setting, table, Duration::ZERO, 3)?;
        certificates(setting, table, Duration::from_millis(50), 4)?;
    }
    if setting.wants(&["11"]) {
        rows_of_few_addresses(setting, table)?;
    }
    Ok(())
}

/// Rounds that take seconds each.
fn rounds(setting: &Setting) -> usize {
    setting.rounds.min(5)
}

/// Every address has a PTR record, and its name leads back to it.
fn named(mut world: Builder, addresses: u64) -> Builder {
    for nth in 0..addresses {
        let (address, host) = (address(nth).to_string(), host(nth));
        world = world.ptr(&address, &[&host]).host(&host, &[&address]);
    }
    world
}

/// Goal 9: PTR and forward answer of many addresses. Their URLs are plain HTTP, so that nobody is
/// asked for a certificate.
fn dns(setting: &Setting, table: &mut Table) -> Outcome {
    let addresses = if setting.quick { 2_000 } else { 20_000 };
    let lab = named(Lab::builder(), addresses).start()?;
    let shape = Shape {
        size: Size::Rows(addresses),
        addresses: 100,
        distinct: addresses,
        scheme: "http",
        port: "",
        ..Shape::default()
    };
    let (export, task) = asking(setting, &lab, "addresses", shape)?;
    task.run()?;
    let questions = lab.dns_total();
    let time = task.median(rounds(setting))?;
    table.row(&Row {
        goal: "9",
        work: &format!("{addresses} distinct addresses, PTR and forward answer each"),
        found: Figure::Time(time),
        wanted: Wanted::Within(Duration::from_millis(1500)),
        detail: format!("{:.0} questions/s", questions as f64 / time.as_secs_f64()),
        commands: task.shown(&setting.folder),
    });
    table.row(&Row {
        goal: "9",
        work: "its questions, by two for each address",
        found: Figure::Ratio(questions as f64 / (2 * addresses) as f64),
        wanted: Wanted::AtMost(1.0),
        detail: format!("{questions} questions: {}", by_type(&lab)),
        commands: String::new(),
    });
    export.remove();
    Ok(())
}

/// How many questions of each type were asked in the first run and those after it.
fn by_type(lab: &Lab) -> String {
    let mut types = std::collections::BTreeMap::<String, u64>::new();
    for (_, of) in lab.dns_questions().into_keys() {
        *types.entry(of).or_default() += 1;
    }
    let types = types.iter().map(|(of, count)| format!("{count} names asked for {of}"));
    types.collect::<Vec<_>>().join(", ")
}

/// Goal 10: many hosts, each with its own certificate and an OCSP answer.
fn certificates(setting: &Setting, table: &mut Table, delay: Duration, seconds: u64) -> Outcome {
    let hosts = if setting.quick { 30 } else { 300 };
    let mut world = Lab::builder().delay(delay);
    let mut names = String::new();
    for nth in 0..hosts {
        let (address, host) = (address(nth).to_string(), host(nth));
        let certificate = Certificate::for_names(&[&host]).sources(Ocsp::good());
        world = world.host(&host, &[&address]).photo_server(&address, 443, certificate);
        names.push_str(&host);
        names.push('\n');
    }
    let lab = world.start()?;
    let config = lab.write_config(&setting.folder)?;
    let list = setting.folder.join("names.txt");
    std::fs::write(&list, names)?;
    let arguments = ["check", "-", "--format", "jsonl", "--config", text(&config)];
    let task = Task::of(&setting.photofix, &arguments).fed_from(&list);
    task.run()?;
    let answered = lab.ocsp_questions().values().sum::<u64>();
    if answered != hosts {
        return Err(format!("{hosts} OCSP questions were to be asked, and {answered} were").into());
    }
    let later = if delay.is_zero() { String::new() } else { format!(", {delay:?} delay") };
    table.row(&Row {
        goal: "10",
        work: &format!("{hosts} hosts, TLS and OCSP{later}"),
        found: Figure::Time(task.median(rounds(setting))?),
        wanted: Wanted::Within(Duration::from_secs(seconds)),
        detail: "the lab's servers run on the same cores".to_owned(),
        commands: task.shown(&setting.folder),
    });
    Ok(())
}

/// Goal 11: a million rows over few addresses take the time of the network, and that of two passes.
fn rows_of_few_addresses(setting: &Setting, table: &mut Table) -> Outcome {
    let (rows, addresses) = if setting.quick { (50_000, 50) } else { (1_000_000, 500) };
    let mut world = named(Lab::builder().delay(Duration::from_millis(20)), addresses);
    for nth in 0..addresses {
        let certificate = Certificate::for_names(&[&host(nth)]).sources(Ocsp::good());
        world = world.photo_server(&address(nth).to_string(), 443, certificate);
    }
    let lab = world.start()?;
    let shape = |rows| Shape {
        size: Size::Rows(rows),
        addresses: 100,
        distinct: addresses,
        port: "",
        ..Shape::default()
    };
    let (few, asked) = asking(setting, &lab, "once-each", shape(addresses))?;
    let (many, whole) = asking(setting, &lab, "many-rows", shape(rows))?;
    let rounds = rounds(setting);
    let network = asked.median(rounds)?;
    let passes = many.fixing(setting).median(rounds)?;
    let time = whole.median(rounds)?;
    table.row(&Row {
        goal: "11",
        work: &format!("`fix` of {rows} rows over {addresses} addresses, beyond the network's time, by two passes"),
        found: Figure::Ratio(time.saturating_sub(network).as_secs_f64() / passes.as_secs_f64()),
        wanted: Wanted::AtMost(1.5),
        detail: format!(
            "{} in all; network {}, as with {addresses} rows; passes {}, as with `--offline`",
            shown(time),
            shown(network),
            shown(passes)
        ),
        commands: whole.shown(&setting.folder),
    });
    few.remove();
    many.remove();
    Ok(())
}

/// An export, and the `fix` of it that asks in this lab. Nothing may be left: each address gets its
/// name.
fn asking(setting: &Setting, lab: &Lab, name: &str, shape: Shape) -> Outcome<(Export, Task)> {
    let export = Export::make(setting, &setting.folder, name, shape)?;
    let config = lab.write_config(&setting.folder)?;
    let arguments = ["fix", text(&export.path), "-o", text(&export.import), "-q", "--config"];
    let task = Task::of(&setting.photofix, &arguments).arguments(&[text(&config)]);
    let task = task.writes(&[&export.import]).leaving_nothing();
    Ok((export, task))
}
