//! `frostglass keys serve`: the local endpoint from which hosts fetch the document of issued keys.
//!
//! One answer a connection, a thread each, few at a time. Promises: what is issued is logged first, and the log holds no key;
//! nobody on another machine is served; the vault is not kept locked between requests.

use super::{VaultArgument, period};
use crate::clock;
use crate::failure::{Done, Failure, wrong};
use crate::screen;
use frostglass_engine::policy::Period;
use frostglass_keys::Issued;
use frostglass_keys::vault::{Unlock, Vault, VaultError};
use serde_json::json;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Give hosts the document of issued keys over HTTP, on a Unix socket or on this machine's own address.
///
/// GET /v1/keys answers with the document and an ETag of its content; If-None-Match answers 304 while it is the same. Keys of
/// new epochs are made in time. Each issue is logged on standard output before it is sent: one JSON line with time, peer, keys,
/// epochs and check values, and no key. Whoever can open the socket gets the keys: mind its folder and mode. To serve other
/// machines, put a proxy with mutual TLS before it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  frostglass keys serve --vault keys.vault --key-file vault.key --listen unix:/run/frostglass/keys.sock
  curl --unix-socket /run/frostglass/keys.sock http://frostglass/v1/keys")]
pub(super) struct Serve {
    #[command(flatten)]
    vault: VaultArgument,
    /// Where to listen: unix:PATH, or a loopback address such as 127.0.0.1:4180, which every user of this machine can reach.
    #[arg(long, value_name = "ADDRESS", value_parser = Listen::parse)]
    listen: Listen,
    /// Permissions of the Unix socket, in octal: 600 for this user alone, 660 for the group too.
    #[arg(long, value_name = "MODE", default_value = "600", value_parser = mode)]
    mode: u32,
    /// Issue this key; may be given several times. Without it, all.
    #[arg(long = "key", value_name = "NAME")]
    names: Vec<String>,
    /// How long before an epoch its key is issued. Without it, the key's overlap, or else a tenth of its epoch and at most an
    /// hour. Hosts must ask more often than that.
    #[arg(long, value_name = "TIME", value_parser = period)]
    lead: Option<Period>,
}

#[derive(Debug, Clone)]
enum Listen {
    Unix(PathBuf),
    Tcp(SocketAddr),
}

impl Listen {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return Ok(Self::Unix(path.into()));
        }
        match text.parse::<SocketAddr>() {
            Ok(address) if address.ip().is_loopback() => Ok(Self::Tcp(address)),
            Ok(_) => {
                Err("is no loopback address; put a proxy with mutual TLS before it for other machines".into())
            }
            Err(_) => Err("is neither unix:PATH nor an address with a port, such as 127.0.0.1:4180".into()),
        }
    }
}

fn mode(text: &str) -> Result<u32, String> {
    match u32::from_str_radix(text, 8) {
        Ok(mode) if mode & !0o660 == 0 => Ok(mode),
        _ => Err("give 600 or 660: nobody else may ask for keys".into()),
    }
}

/// Connections that are answered at the same time; more are closed at once.
const MOST_CONNECTIONS: usize = 64;

/// How long a peer may take to ask, and to read.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longest request, in bytes.
const LONGEST_REQUEST: usize = 8192;

impl Serve {
    pub(super) fn run(self) -> Result<Done, Failure> {
        let desk = Desk {
            path: self.vault.vault.clone(),
            unlock: self.vault.unlock()?,
            clock: self.vault.clock,
            names: self.names.clone(),
            lead: self.lead.map(Period::seconds),
            open: Mutex::default(),
        };
        // What is wrong with the vault is said now and not at the first request.
        desk.issue()?;
        let desk = Arc::new(desk);
        match &self.listen {
            Listen::Tcp(address) => {
                let failed = |error| Failure::Stopped(format!("{address}: cannot listen: {error}"));
                let listener = TcpListener::bind(address).map_err(failed)?;
                screen::say(&format!("listening on {}", listener.local_addr().map_err(failed)?));
                for stream in listener.incoming() {
                    let Ok(stream) = stream else { continue };
                    let peer =
                        stream.peer_addr().map_or_else(|_| "unknown".to_owned(), |peer| peer.to_string());
                    let patient = stream
                        .set_read_timeout(Some(PATIENCE))
                        .and_then(|()| stream.set_write_timeout(Some(PATIENCE)));
                    if patient.is_ok() {
                        desk.serve(stream, peer);
                    }
                }
            }
            Listen::Unix(path) => {
                let listener = bind(path, self.mode)?;
                screen::say(&format!("listening on unix:{}", path.display()));
                for stream in listener.incoming() {
                    let Ok(stream) = stream else { continue };
                    let peer = credentials(&stream);
                    let patient = stream
                        .set_read_timeout(Some(PATIENCE))
                        .and_then(|()| stream.set_write_timeout(Some(PATIENCE)));
                    if patient.is_ok() {
                        desk.serve(stream, peer);
                    }
                }
            }
        }
        Ok(Done::Well)
    }
}

/// A socket that never had wider permissions than asked for: it is made under another name and takes its own when it is ready.
fn bind(path: &Path, mode: u32) -> Result<UnixListener, Failure> {
    let failed = |error: io::Error| Failure::file(path, "cannot listen", &error);
    if fs::symlink_metadata(path).is_ok_and(|there| !there.file_type().is_socket()) {
        return Err(wrong(format!("{}: is there and is no socket", path.display())));
    }
    if UnixStream::connect(path).is_ok() {
        return Err(wrong(format!("{}: somebody listens there already", path.display())));
    }
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    let aside = path.with_file_name(name);
    let _ = fs::remove_file(&aside);
    let listener = UnixListener::bind(&aside).map_err(failed)?;
    let placed =
        fs::set_permissions(&aside, fs::Permissions::from_mode(mode)).and_then(|()| fs::rename(&aside, path));
    placed.map_err(failed)?;
    Ok(listener)
}

/// Who is at the other end of a Unix socket, by the system's own word.
fn credentials(stream: &UnixStream) -> String {
    match rustix::net::sockopt::socket_peercred(stream) {
        Ok(peer) => format!("uid {} pid {}", peer.uid.as_raw(), peer.pid.as_raw_nonzero()),
        Err(_) => "unknown".to_owned(),
    }
}

/// What all connections share.
struct Desk {
    path: PathBuf,
    unlock: Unlock,
    clock: clock::Clock,
    names: Vec<String>,
    lead: Option<u64>,
    open: Mutex<Option<(Stamp, Vault)>>,
}

/// What tells that the vault's file is another one: every change puts a new file in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    length: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let there = fs::metadata(path).ok()?;
        Some(Self { inode: there.ino(), length: there.len(), modified: there.modified().ok() })
    }
}

impl Desk {
    /// The document for now. The vault is read again when it changed, and changed when it lacks a key that is needed.
    fn issue(&self) -> Result<Issued, VaultError> {
        let now = self.clock.now() / 1_000_000_000;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = Stamp::of(&self.path);
        let vault = match open.take() {
            Some((known, vault)) if Some(known) == stamp && !vault.lacks(now, self.lead)? => vault,
            _ => {
                let mut vault = Vault::open_to_change(&self.path, &self.unlock)?;
                if !vault.keep_up(now, self.lead)?.is_empty() {
                    vault.save()?;
                }
                vault.end_changes();
                vault
            }
        };
        let issued = vault.issue(now, self.lead, &self.names)?;
        *open = Stamp::of(&self.path).map(|stamp| (stamp, vault));
        Ok(issued)
    }

    fn serve<S: Read + Write + Send + 'static>(self: &Arc<Self>, stream: S, peer: String) {
        static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);
        if CONNECTIONS.fetch_add(1, Ordering::Relaxed) >= MOST_CONNECTIONS {
            CONNECTIONS.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        let desk = Arc::clone(self);
        let begun = std::thread::Builder::new().spawn(move || {
            // A peer that goes away in the middle hurts nobody but itself.
            let _ = desk.answer(stream, &peer);
            CONNECTIONS.fetch_sub(1, Ordering::Relaxed);
        });
        if begun.is_err() {
            CONNECTIONS.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn answer<S: Read + Write>(&self, mut stream: S, peer: &str) -> io::Result<()> {
        let asked = match request(&mut stream)? {
            Ok(asked) => asked,
            Err(status) => return refuse(&mut stream, status),
        };
        let issued = match self.issue() {
            Ok(issued) => issued,
            Err(error) => {
                screen::complain(&error.to_string());
                return refuse(&mut stream, "503 Service Unavailable");
            }
        };
        let etag = etag(&issued);
        if asked.known.is_some_and(|known| known == etag) {
            let head = format!(
                "HTTP/1.1 304 Not Modified\r\netag: {etag}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
            );
            return stream.write_all(head.as_bytes());
        }
        if self.log(&issued, peer).is_err() {
            // What is not logged is not issued.
            return refuse(&mut stream, "503 Service Unavailable");
        }
        let text = issued.text();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\netag: {etag}\r\ncache-control: no-store\r\n\
             connection: close\r\n\r\n",
            text.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(text.as_bytes())?;
        stream.flush()
    }

    fn log(&self, issued: &Issued, peer: &str) -> io::Result<()> {
        let keys = issued.keys().map(|(name, purpose, epochs)| {
            let epochs =
                epochs.iter().map(|epoch| json!({"epoch": epoch.epoch, "check_value": epoch.check_value}));
            json!({"key": name, "use": purpose.word(), "epochs": epochs.collect::<Vec<_>>()})
        });
        let time = clock::written(issued.issued_unix_seconds());
        let line =
            json!({"time": time, "event": "keys-issued", "peer": peer, "keys": keys.collect::<Vec<_>>()});
        let mut out = io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()
    }
}

/// What stands in a document but for the time of issuing.
fn etag(issued: &Issued) -> String {
    let mut hasher = DefaultHasher::new();
    for (name, purpose, epochs) in issued.keys() {
        (name, purpose.word(), epochs.len()).hash(&mut hasher);
        for epoch in epochs {
            (epoch.epoch, epoch.not_before, epoch.not_after, epoch.check_value).hash(&mut hasher);
        }
    }
    format!("\"{:016x}\"", hasher.finish())
}

/// A request for the document.
struct Asked {
    /// The ETag that the peer has.
    known: Option<String>,
}

/// Reads a request: what is asked, or the status of a refusal.
fn request(stream: &mut impl Read) -> io::Result<Result<Asked, &'static str>> {
    let mut bytes = Vec::new();
    let mut piece = [0; 1024];
    loop {
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Ok(Err("400 Bad Request"));
        }
        bytes.extend_from_slice(piece.get(..count).unwrap_or_default());
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(&bytes) {
            Ok(httparse::Status::Complete(_)) => return Ok(asked(&request)),
            Ok(httparse::Status::Partial) if bytes.len() < LONGEST_REQUEST => {}
            _ => return Ok(Err("400 Bad Request")),
        }
    }
}

fn asked(request: &httparse::Request<'_, '_>) -> Result<Asked, &'static str> {
    let header = |name: &str| request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
    if request.path != Some("/v1/keys") {
        return Err("404 Not Found");
    }
    if request.method != Some("GET") {
        return Err("405 Method Not Allowed");
    }
    // Pages in a browser can reach a loopback address, too; hosts send none of these.
    if ["origin", "sec-fetch-mode", "cookie"].iter().any(|name| header(name).is_some()) {
        return Err("403 Forbidden");
    }
    let known = header("if-none-match").and_then(|header| std::str::from_utf8(header.value).ok());
    Ok(Asked { known: known.map(|known| known.trim().to_owned()) })
}

fn refuse(stream: &mut impl Write, status: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: 0\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())
}
