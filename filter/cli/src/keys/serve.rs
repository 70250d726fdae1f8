//! `frostglass keys serve`: the local endpoint from which hosts fetch the document of issued keys.
//!
//! One answer a connection, a thread each, few at a time. Promises: what is issued is logged first, and the log holds no key;
//! nobody on another machine is served; the vault is not kept locked between requests; who connects and asks nothing keeps
//! nobody from asking.

use super::{VaultArgument, period, tell_issued, tell_made};
use crate::audit::TrailArguments;
use crate::clock;
use crate::failure::{Done, Failure, wrong};
use crate::screen;
use frostglass_engine::policy::Period;
use frostglass_keys::Issued;
use frostglass_keys::vault::{Unlock, Vault};
use serde_json::json;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Give hosts the document of issued keys over HTTP, on a Unix socket or on this machine's own address.
///
/// GET /v1/keys answers with the document and an ETag of its content; If-None-Match answers 304 while it is the same. Keys of
/// new epochs are made in time. Each issue is logged on standard output before it is sent: one JSON line with time, peer, keys,
/// epochs and check values, and no key; with --audit, it is told in the audit chain, too. Whoever can open the socket gets the keys: mind its folder and mode. To serve other
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
    #[command(flatten)]
    trail: TrailArguments,
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

/// Connections that are open at the same time. For one more, the one that has waited longest without asking is closed.
const MOST_CONNECTIONS: usize = 64;

/// Of these, how many of one user may be waiting without having asked.
const MOST_WAITING: usize = 16;

/// How long a peer may take to send its whole request.
const PATIENCE_TO_ASK: Duration = Duration::from_secs(3);

/// How long a peer may take to read.
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
            trail: self.trail.clone(),
            open: Mutex::default(),
            room: Mutex::default(),
        };
        // What is wrong with the vault or the audit file is said now and not at the first request.
        self.trail.trail().map(|trail| trail.open()).transpose()?;
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
                    desk.serve(stream, None, peer);
                }
            }
            Listen::Unix(path) => {
                let listener = bind(path, self.mode)?;
                screen::say(&format!("listening on unix:{}", path.display()));
                for stream in listener.incoming() {
                    let Ok(stream) = stream else { continue };
                    let (uid, peer) = credentials(&stream);
                    desk.serve(stream, uid, peer);
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
fn credentials(stream: &UnixStream) -> (Option<u32>, String) {
    match rustix::net::sockopt::socket_peercred(stream) {
        Ok(peer) => {
            let uid = peer.uid.as_raw();
            (Some(uid), format!("uid {uid} pid {}", peer.pid.as_raw_nonzero()))
        }
        Err(_) => (None, "unknown".to_owned()),
    }
}

/// A connection, whatever its kind.
trait Connection: Send + Sync + 'static {
    fn read(&self, bytes: &mut [u8]) -> io::Result<usize>;
    fn write_all(&self, bytes: &[u8]) -> io::Result<()>;
    /// How long the next read may take.
    fn wait_to_read(&self, time: Duration) -> io::Result<()>;
    fn wait_to_write(&self, time: Duration) -> io::Result<()>;
    /// Ends it, for its own thread too.
    fn close(&self);
}

macro_rules! connection {
    ($kind:ty) => {
        impl Connection for $kind {
            fn read(&self, bytes: &mut [u8]) -> io::Result<usize> {
                let mut stream = self;
                Read::read(&mut stream, bytes)
            }

            fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
                let mut stream = self;
                Write::write_all(&mut stream, bytes)
            }

            fn wait_to_read(&self, time: Duration) -> io::Result<()> {
                self.set_read_timeout(Some(time))
            }

            fn wait_to_write(&self, time: Duration) -> io::Result<()> {
                self.set_write_timeout(Some(time))
            }

            fn close(&self) {
                // It may be closed already.
                let _ = self.shutdown(Shutdown::Both);
            }
        }
    };
}

connection!(UnixStream);
connection!(TcpStream);

/// The connections that are open, the oldest first.
#[derive(Default)]
struct Room {
    next: u64,
    open: Vec<Guest>,
}

struct Guest {
    number: u64,
    uid: Option<u32>,
    /// Whether its request is still awaited.
    waits: bool,
    stream: Arc<dyn Connection>,
}

impl Room {
    /// Lets a connection in, and closes others that have asked nothing where there is no place left. `None` if all places
    /// are taken by those who have asked.
    fn enter(&mut self, stream: Arc<dyn Connection>, uid: Option<u32>) -> Option<u64> {
        let of_user = |guest: &Guest| guest.waits && guest.uid == uid;
        if uid.is_some() && self.open.iter().filter(|guest| of_user(guest)).count() >= MOST_WAITING {
            self.close_first(of_user);
        }
        if self.open.len() >= MOST_CONNECTIONS {
            self.close_first(|guest| guest.waits);
        }
        if self.open.len() >= MOST_CONNECTIONS {
            return None;
        }
        let number = self.next;
        self.next += 1;
        self.open.push(Guest { number, uid, waits: true, stream });
        Some(number)
    }

    fn close_first(&mut self, which: impl Fn(&Guest) -> bool) {
        if let Some(at) = self.open.iter().position(which) {
            self.open.remove(at).stream.close();
        }
    }

    /// Notes that a connection has asked.
    fn asked(&mut self, number: u64) {
        self.open.iter_mut().filter(|guest| guest.number == number).for_each(|guest| guest.waits = false);
    }

    fn leave(&mut self, number: u64) {
        self.open.retain(|guest| guest.number != number);
    }
}

/// What all connections share.
struct Desk {
    path: PathBuf,
    unlock: Unlock,
    clock: clock::Clock,
    names: Vec<String>,
    lead: Option<u64>,
    trail: TrailArguments,
    open: Mutex<Option<(Stamp, Vault)>>,
    room: Mutex<Room>,
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
    fn issue(&self) -> Result<Issued, Failure> {
        let now = self.clock.now() / 1_000_000_000;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = Stamp::of(&self.path);
        let vault = match open.take() {
            Some((known, vault)) if Some(known) == stamp && !vault.lacks(now, self.lead)? => vault,
            _ => {
                let mut vault = Vault::open_to_change(&self.path, &self.unlock)?;
                let made = vault.keep_up(now, self.lead)?;
                tell_made(&self.trail, &made)?;
                if !made.is_empty() {
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

    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(self: &Arc<Self>, stream: impl Connection, uid: Option<u32>, peer: String) {
        let stream: Arc<dyn Connection> = Arc::new(stream);
        let Some(number) = self.room().enter(Arc::clone(&stream), uid) else { return };
        let desk = Arc::clone(self);
        let begun = std::thread::Builder::new().spawn(move || {
            // A peer that goes away in the middle hurts nobody but itself.
            let _ = desk.answer(&*stream, number, &peer);
            desk.room().leave(number);
        });
        if begun.is_err() {
            self.room().leave(number);
        }
    }

    fn answer(&self, stream: &dyn Connection, number: u64, peer: &str) -> io::Result<()> {
        stream.wait_to_write(PATIENCE)?;
        let asked = match request(stream)? {
            Ok(asked) => asked,
            Err(status) => return refuse(stream, status),
        };
        self.room().asked(number);
        let issued = match self.issue() {
            Ok(issued) => issued,
            Err(failure) => {
                let _ = failure.tell();
                return refuse(stream, "503 Service Unavailable");
            }
        };
        let etag = etag(&issued);
        if asked.known.is_some_and(|known| known == etag) {
            let head = format!(
                "HTTP/1.1 304 Not Modified\r\netag: {etag}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
            );
            return stream.write_all(head.as_bytes());
        }
        let told = tell_issued(&self.trail, &issued, &peer.replace(' ', "-"));
        if let Err(failure) = &told {
            let _ = failure.tell();
        }
        if told.is_err() || self.log(&issued, peer).is_err() {
            // What is not told and logged is not issued.
            return refuse(stream, "503 Service Unavailable");
        }
        let text = issued.text();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\netag: {etag}\r\ncache-control: no-store\r\n\
             connection: close\r\n\r\n",
            text.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(text.as_bytes())
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

/// Reads a request: what is asked, or the status of a refusal. It has one deadline, however many pieces it comes in.
fn request(stream: &dyn Connection) -> io::Result<Result<Asked, &'static str>> {
    let begun = Instant::now();
    let mut bytes = Vec::new();
    let mut piece = [0; 1024];
    loop {
        let left = PATIENCE_TO_ASK.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.wait_to_read(left)?;
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

fn refuse(stream: &dyn Connection, status: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: 0\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())
}
