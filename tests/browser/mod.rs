//! A real browser without a window, driven over WebDriver (W3C WebDriver 2): as much of a client
//! as the tests of the review page need.

#![allow(dead_code, reason = "every test file uses the part it needs")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::common::{peer, peer_of};

/// How long a page may take to do what was asked of it, on a machine that is busy with others.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a reference to an element is called (WebDriver, 11).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys (WebDriver, 17.4.2).
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const DOWN: &str = "\u{e015}";
pub(crate) const DELETE: &str = "\u{e017}";
pub(crate) const END: &str = "\u{e010}";

/// One browser at a time: they are hungry, and what they show shall not depend on one another.
static ONE: Mutex<()> = Mutex::new(());

/// Chromium with an empty profile, and the driver that drives it.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Browser {
    /// Starts one; none where this machine has no Chromium, which [`peer`] says.
    pub(crate) fn start() -> Option<Self> {
        let chromium = peer_of(&["chromium", "google-chrome"])?;
        let driver = peer("chromedriver")?;
        let turn = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .env("HOME", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(driver.stdout.take().unwrap());
        let port = said
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok()
            })
            .expect("the driver says its port");
        let mut browser = Self { driver, port, session: String::new(), folder, _turn: turn };
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-features=OptimizationHints,MediaRouter",
            "--window-size=1280,900",
            &format!("--user-data-dir={}", browser.folder.path().join("profile").display()),
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"binary": chromium, "args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}});
        let session = browser.ask("POST", "/session", Some(&wanted));
        browser.session = format!("/session/{}", session["sessionId"].as_str().unwrap());
        fs::create_dir(browser.downloads()).unwrap();
        let downloads = browser.downloads();
        browser.devtools(
            "Page.setDownloadBehavior",
            &json!({
                "behavior": "allow", "downloadPath": downloads,
            }),
        );
        Some(browser)
    }

    /// Opens a file, as a mail program or a share would have it opened. What was said and asked
    /// for before is forgotten.
    pub(crate) fn open(&self, page: &Path) {
        self.command("POST", "/url", Some(&json!({"url": "about:blank"})));
        self.console();
        self.requests();
        let url = format!("file://{}", page.display());
        self.command("POST", "/url", Some(&json!({"url": url})));
    }

    /// Calls a function body in the page.
    pub(crate) fn run(&self, script: &str) -> Value {
        let script = json!({"script": script, "args": []});
        self.command("POST", "/execute/sync", Some(&script))
    }

    /// Waits until a function body gives something true.
    pub(crate) fn wait_for(&self, script: &str) {
        self.wait(script, || self.run(script) == Value::Bool(true));
    }

    fn wait(&self, what: &str, is_there: impl Fn() -> bool) {
        let start = Instant::now();
        while !is_there() {
            assert!(start.elapsed() < PATIENCE, "it never happens: {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks on what a CSS selector finds first.
    pub(crate) fn click(&self, selector: &str) {
        let element = self.find(selector);
        // Where no bar that sticks to an edge is in the way.
        let script = "arguments[0].scrollIntoView({block: 'center'})";
        let script = json!({"script": script, "args": [{ELEMENT: element}]});
        self.command("POST", "/execute/sync", Some(&script));
        self.command("POST", &format!("/element/{element}/click"), Some(&json!({})));
    }

    /// Types into what a CSS selector finds first.
    pub(crate) fn write(&self, selector: &str, text: &str) {
        let element = self.find(selector);
        let keys = json!({"text": text});
        self.command("POST", &format!("/element/{element}/value"), Some(&keys));
    }

    /// Presses keys, wherever the focus is.
    pub(crate) fn press(&self, keys: &str) {
        let pressed: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|way| json!({"type": way, "value": key})))
            .collect();
        let actions = json!({"actions": [{"type": "key", "id": "keys", "actions": pressed}]});
        self.command("POST", "/actions", Some(&actions));
    }

    fn find(&self, selector: &str) -> String {
        let how = json!({"using": "css selector", "value": selector});
        let found = self.command("POST", "/element", Some(&how));
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("{selector}: {found}")).to_owned()
    }

    /// Sends a command of the Chrome DevTools Protocol.
    pub(crate) fn devtools(&self, command: &str, parameters: &Value) -> Value {
        let command = json!({"cmd": command, "params": parameters});
        self.command("POST", "/goog/cdp/execute", Some(&command))
    }

    /// Pretends a medium (`screen`, `print`) and a colour scheme (`light`, `dark`).
    pub(crate) fn pretend(&self, medium: &str, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let media = json!({"media": medium, "features": features});
        self.devtools("Emulation.setEmulatedMedia", &media);
    }

    /// Sets the size of the page's window, in CSS pixels.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Keeps a picture of what is in the window.
    pub(crate) fn picture(&self, path: &Path) {
        let shot = self.devtools("Page.captureScreenshot", &json!({"format": "png"}));
        fs::write(path, STANDARD.decode(shot["data"].as_str().unwrap()).unwrap()).unwrap();
    }

    /// Keeps a picture of the whole page, as far as it fits in one.
    pub(crate) fn whole_picture(&self, path: &Path) {
        const TALLEST: f64 = 6_000.0;
        self.devtools("Emulation.setScrollbarsHidden", &json!({"hidden": true}));
        let size = &self.devtools("Page.getLayoutMetrics", &json!({}))["cssContentSize"];
        let height = size["height"].as_f64().unwrap().min(TALLEST);
        let clip = json!({"x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1});
        let wanted = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let shot = self.devtools("Page.captureScreenshot", &wanted);
        fs::write(path, STANDARD.decode(shot["data"].as_str().unwrap()).unwrap()).unwrap();
    }

    /// Waits until what was asked for is drawn.
    pub(crate) fn settle(&self) {
        let script = "const done = arguments[0]; \
                      requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        let script = json!({"script": script, "args": []});
        self.command("POST", "/execute/async", Some(&script));
    }

    /// The text that a reader sees.
    pub(crate) fn visible_text(&self) -> String {
        let body = self.find("body");
        let text = self.command("GET", &format!("/element/{body}/text"), None);
        text.as_str().unwrap().to_owned()
    }

    /// Keeps the page as it would be printed.
    pub(crate) fn print(&self, path: &Path) {
        let pages = self.command("POST", "/print", Some(&json!({"background": true})));
        fs::write(path, STANDARD.decode(pages.as_str().unwrap()).unwrap()).unwrap();
    }

    /// What the console has said since it was asked last.
    pub(crate) fn console(&self) -> Vec<String> {
        let log = self.command("POST", "/se/log", Some(&json!({"type": "browser"})));
        log.as_array().unwrap().iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// What the page has asked for since it was asked last, over whatever protocol.
    pub(crate) fn requests(&self) -> Vec<String> {
        let log = self.command("POST", "/se/log", Some(&json!({"type": "performance"})));
        let events = log.as_array().unwrap().iter().filter_map(|entry| {
            let event: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let event = &event["message"];
            let asked = event["method"].as_str()?.starts_with("Network.requestWillBeSent")
                || event["method"] == "Network.webSocketCreated";
            let url = event["params"]["request"]["url"].as_str().unwrap_or("?");
            asked.then(|| url.to_owned())
        });
        events.collect()
    }

    /// Where downloads go.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }

    /// Waits for a download, and takes it.
    pub(crate) fn downloaded(&self, name: &str) -> Vec<u8> {
        let path = self.downloads().join(name);
        self.wait(name, || path.is_file());
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(path).unwrap();
        bytes
    }

    fn command(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        self.ask(method, &format!("{}{path}", self.session), body)
    }

    /// Ends the browser, whatever state it is in.
    fn quit(&self) -> io::Result<()> {
        let mut driver = TcpStream::connect(("127.0.0.1", self.port))?;
        driver.set_read_timeout(Some(PATIENCE))?;
        write!(driver, "DELETE {} HTTP/1.1\r\nHost: localhost\r\n\r\n", self.session)?;
        // The answer comes when it has ended.
        driver.read(&mut [0]).map(|_| ())
    }

    /// One request on a connection of its own.
    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut driver = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        driver.set_read_timeout(Some(2 * PATIENCE)).unwrap();
        write!(
            driver,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        // The driver keeps the connection open whatever it is asked for.
        let mut answer = BufReader::new(driver);
        let mut length = 0;
        for line in answer.by_ref().lines() {
            let line = line.unwrap().to_ascii_lowercase();
            match line.strip_prefix("content-length:") {
                Some(number) => length = number.trim().parse().unwrap(),
                None if line.is_empty() => break,
                None => {}
            }
        }
        let mut json = vec![0; length];
        answer.read_exact(&mut json).unwrap();
        let json: Value = serde_json::from_slice(&json).unwrap();
        let value = json["value"].clone();
        assert!(value["error"].is_null(), "{method} {path}: {value:#}\n{body}");
        value
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Also when a test fails: a driver that is killed leaves its browser behind.
        if !self.session.is_empty() {
            let _ = self.quit();
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
