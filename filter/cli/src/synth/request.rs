//! Requests: who visits the shop, which way a request goes through its services, and what is said of it in spans and log records.
//!
//! A request is a tree of steps; each step takes a while of its own and waits for the steps that it calls, so a child always
//! lies within its parent's times. Steps fail now and then, payments often for a tenth of the time: an incident for alerts.

use super::canary::Canary;
use super::chance::{Chance, Seed, Subject};
use super::draft::{EventDraft, LogDraft, SpanDraft, Trace};
use super::people::{self, ADDRESSES, HEALTH, Person};
use super::shop::Does::{Ask, Cache, Query, Serve};
use super::shop::Service::{Account, Checkout, Mailer, Storefront};
use super::shop::{INSTANCES, OPERATIONS, SERVICES, Step, Wants};
use super::truth::{Fact, Kind, Said, Told, Whose};
use crate::otlp::Any;
use frostglass_formats::Level;

/// When and whose a request is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub(super) number: u64,
    /// Nanoseconds since 1970.
    pub(super) start: u64,
    /// Number of the session.
    pub(super) session: u64,
    /// Persons in the population.
    pub(super) persons: u64,
    /// Whether payments are broken just now.
    pub(super) incident: bool,
}

/// What one visit of a person has.
#[derive(Debug)]
struct Session {
    number: u64,
    person: Person,
    device: usize,
    address: Fact,
    id: Fact,
}

fn session(seed: Seed, number: u64, persons: u64) -> Session {
    let mut chance = seed.stream(Subject::Session, number);
    let person = people::person(seed, chance.rank(persons) - 1);
    // At home more often than elsewhere.
    let address = person.address(if chance.happens(0.6) { chance.below(2) } else { chance.below(ADDRESSES) });
    let id: String = chance.bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
    Session {
        number,
        person,
        device: usize::from(chance.happens(0.25)),
        address,
        id: Fact::new(Kind::SessionId, id),
    }
}

/// Makes the trace of a request.
pub(super) fn trace(seed: Seed, request: Request, canary: Option<&Canary>) -> Trace {
    let mut chance = seed.stream(Subject::Request, request.number);
    let session = session(seed, request.session, request.persons);
    let operation = chance.weighted(&OPERATIONS, |operation| operation.weight).unwrap_or(&OPERATIONS[0]);
    let order = format!("ORD-{:08}", 10_000_000 + request.number);
    let mut trace = Trace {
        id: chance.bytes(),
        whose: Whose { person: session.person.number, session: session.number },
        user_id: session.person.user_id.clone(),
        country: session.person.country,
        canary: canary.map(|canary| canary.fact.clone()),
        spans: Vec::new(),
        logs: Vec::new(),
    };
    let product = chance.below(5_000);
    let mut visit = Visit {
        chance,
        session: &session,
        wants: operation.wants,
        order,
        product,
        incident: request.incident,
        trace: &mut trace,
    };
    visit.serve(&operation.entry, None, request.start);
    if let Some(canary) = canary {
        if let Some(span) = trace.spans.first_mut() {
            canary.put_into_span(span);
        }
        if let Some(log) = trace.logs.first_mut() {
            canary.put_into_log(log);
        }
    }
    trace
}

/// A request under way.
struct Visit<'a> {
    chance: Chance,
    session: &'a Session,
    wants: Wants,
    order: String,
    product: u64,
    incident: bool,
    trace: &'a mut Trace,
}

const SERVER: u64 = 2;
const CLIENT: u64 = 3;

/// How a step went: when it ended, and whether it failed.
struct Went {
    end: u64,
    failed: Option<Trouble>,
}

/// What went wrong.
#[derive(Clone)]
struct Trouble {
    kind: &'static str,
    message: Said,
    /// Status that is answered.
    status: i64,
}

impl Visit<'_> {
    /// Runs a step that answers requests, as a span of the service that answers.
    fn serve(&mut self, step: &Step, parent: Option<[u8; 8]>, start: u64) -> Went {
        let at = self.begin(step, parent, start, SERVER);
        let Some(id) = self.trace.spans.get(at).map(|span| span.id) else {
            return Went { end: start, failed: None };
        };
        let own = self.chance.around(step.micros * 1_000, 0.45);
        let mut now = start + own / 2;
        let mut failed = None;
        let mut origin = false;
        for call in step.calls {
            let went = match call.does {
                Serve(method, route) => self.call(call, id, now, method, route),
                _ => self.leaf(call, id, now),
            };
            now = went.end + 20_000 + self.chance.below(80_000);
            if went.failed.is_some() {
                failed = went.failed;
                break;
            }
        }
        if failed.is_none() && self.chance.happens(step.fails) {
            failed = Some(self.trouble(step));
            origin = true;
        }
        let end = now + own / 2;
        self.finish(at, step, end, failed.as_ref(), origin);
        self.logs(at, step, failed.as_ref());
        Went { end, failed }
    }

    /// Calls another service: a span of the one that calls around a span of the one that answers.
    fn call(
        &mut self,
        step: &Step,
        caller: [u8; 8],
        start: u64,
        method: &'static str,
        route: &'static str,
    ) -> Went {
        let source =
            self.trace.spans.iter().find(|span| span.id == caller).map_or((0, 0), |span| span.source);
        let at = self.trace.spans.len();
        let id = self.chance.bytes();
        let service = SERVICES[step.service as usize];
        let mut told = Told::default();
        told.say(Level::Span, "http.request.method", method);
        told.say(Level::Span, "server.address", format!("{service}.shop.svc"));
        told.say(
            Level::Span,
            "url.full",
            Said::words(format!("http://{service}.shop.svc")).then(self.path(route)),
        );
        self.trace.spans.push(SpanDraft {
            source,
            id,
            parent: Some(caller),
            name: method.to_owned(),
            kind: CLIENT,
            start,
            end: start,
            told,
            event: None,
            failed: None,
            answer: None,
        });
        let sent = start + 150_000 + self.chance.below(250_000);
        let went = self.serve(step, Some(id), sent);
        let end = went.end + 150_000 + self.chance.below(250_000);
        let status = went.failed.as_ref().map_or(200, |trouble| trouble.status);
        if let Some(span) = self.trace.spans.get_mut(at) {
            span.end = end;
            span.told.count("http.response.status_code", status);
            if status >= 400 {
                span.failed = Some(String::new());
                span.told.say(Level::Span, "error.type", status.to_string());
            }
        }
        Went { end, failed: went.failed }
    }

    /// Runs a step that calls nobody of ours.
    fn leaf(&mut self, step: &Step, parent: [u8; 8], start: u64) -> Went {
        let at = self.begin(step, Some(parent), start, CLIENT);
        let mut end = start + self.chance.around(step.micros * 1_000, 0.6);
        let broken = self.incident && matches!(step.does, Ask(..));
        let failed = self.chance.happens(if broken { 0.5 } else { step.fails }).then(|| self.trouble(step));
        if failed.as_ref().is_some_and(|trouble| trouble.status == 504) {
            end += 1_000_000_000 + self.chance.below(2_000_000_000);
        }
        self.finish(at, step, end, failed.as_ref(), true);
        Went { end, failed }
    }

    /// Begins a span and tells what is known at its start.
    fn begin(&mut self, step: &Step, parent: Option<[u8; 8]>, start: u64, kind: u64) -> usize {
        let mut told = Told::default();
        let person = &self.session.person;
        let name = match step.does {
            Serve(method, route) => {
                told.say(Level::Span, "http.request.method", method);
                told.say(Level::Span, "http.route", route);
                told.say(Level::Span, "url.path", self.path(route));
                if parent.is_none() {
                    self.entry(&mut told);
                } else if self.wants != Wants::Browse && self.wants != Wants::Search {
                    told.say(Level::Span, "user.id", &person.user_id);
                }
                format!("{method} {route}")
            }
            Query(operation, table) => {
                told.say(Level::Span, "db.system.name", "postgresql");
                told.say(Level::Span, "db.collection.name", table);
                told.say(Level::Span, "db.operation.name", operation);
                told.say(Level::Span, "db.query.text", self.sql(operation, table));
                format!("{operation} {table}")
            }
            Cache => {
                told.say(Level::Span, "db.system.name", "redis");
                told.say(Level::Span, "db.query.text", Said::words("GET session:").tell(&self.session.id));
                "GET".to_owned()
            }
            Ask(method, url) => {
                told.say(Level::Span, "http.request.method", method);
                told.say(Level::Span, "url.full", format!("{url}?reference={}", self.order));
                told.say(Level::Span, "server.address", "bank.example.net");
                method.to_owned()
            }
        };
        let instance = self.session.number % INSTANCES;
        self.trace.spans.push(SpanDraft {
            source: (step.service as usize, instance),
            id: self.chance.bytes(),
            parent,
            name,
            kind,
            start,
            end: start,
            told,
            event: None,
            failed: None,
            answer: None,
        });
        self.trace.spans.len() - 1
    }

    /// What the first service knows of who asks.
    fn entry(&self, told: &mut Told) {
        let Session { person, device, address, id, .. } = self.session;
        told.say(Level::Span, "server.address", "shop.example.org");
        told.say(Level::Span, "client.address", address);
        told.say(Level::Span, "session.id", id);
        told.say(Level::Span, "user.id", &person.user_id);
        told.say(Level::Span, "user_agent.original", &person.devices[*device % 2].agent);
        told.say(Level::Span, "device.id", &person.devices[*device % 2].id);
        told.say(Level::Span, "geo.country.iso_code", person.country);
        told.say(Level::Span, "geo.locality.name", &person.city);
        told.say(Level::Span, "geo.postal_code", &person.postal_code);
        told.say(Level::Span, "user.age_band", &person.age_band);
        match self.wants {
            Wants::Login => told.say(Level::Span, "user.email", &person.email),
            Wants::Search => {
                told.say(Level::Span, "url.query", Said::words("q=").then(self.category()).and("&page=1"));
            }
            Wants::Pay => {
                told.say(Level::Span, "user.email", &person.email);
                told.say(Level::Span, "user.full_name", &person.name);
                told.say(Level::Span, "user.phone", &person.phone);
                told.say(Level::Span, "shop.order.id", self.order.clone());
                told.say(Level::Span, "shop.category", self.category());
                told.count("shop.order.items", 1 + i64::try_from(self.product % 7).unwrap_or(0));
            }
            Wants::Settings => {
                let query = Said::words("email=").tell_as(
                    &person.email,
                    "percent",
                    &person.email.value.replace('@', "%40"),
                );
                told.say(Level::Span, "url.query", query);
            }
            Wants::Browse | Wants::Fill => told.say(Level::Span, "shop.category", self.category()),
        }
    }

    fn category(&self) -> Said {
        let category = self.session.person.category;
        if HEALTH.contains(&category) {
            return Said::from(&Fact::new(Kind::Category, category));
        }
        Said::words(category)
    }

    /// The path of a route with its parts filled in.
    fn path(&self, route: &str) -> Said {
        let Some((before, after)) = route.split_once("{id}") else { return Said::words(route) };
        let id = match self.wants {
            Wants::Settings => Said::from(&self.session.person.user_id),
            Wants::Fill | Wants::Pay => Said::from(&self.session.id),
            _ => Said::words(self.product.to_string()),
        };
        Said::words(before).then(id).and(after)
    }

    fn sql(&self, operation: &str, table: &str) -> Said {
        let person = &self.session.person;
        match (operation, table) {
            ("INSERT", _) => Said::words("INSERT INTO orders (id, user_id, phone, total) VALUES ('")
                .and(&self.order)
                .and("', '")
                .tell(&person.user_id)
                .and("', '")
                .tell(&person.phone)
                .and(&format!("', {}.90)", 5 + self.product % 200)),
            ("UPDATE", _) => Said::words("UPDATE users SET email = '")
                .tell(&person.email)
                .and("', name = '")
                .tell(&person.name)
                .and("' WHERE id = '")
                .tell(&person.user_id)
                .and("'"),
            (_, "users") => Said::words("SELECT id, secret FROM users WHERE email = '")
                .tell(&person.email)
                .and("' LIMIT 1"),
            _ => Said::words("SELECT id, title, price FROM products WHERE category = '")
                .then(self.category())
                .and(&format!("' AND id > {} LIMIT 20", self.product)),
        }
    }

    /// What goes wrong in a step.
    fn trouble(&mut self, step: &Step) -> Trouble {
        let Session { person, address, .. } = self.session;
        match (step.does, step.service) {
            (Ask(..), _) => Trouble {
                kind: "TimeoutError",
                message: Said::words("no answer from bank.example.net within 3000 ms for order ")
                    .and(&self.order)
                    .and(" of ")
                    .tell(&person.email),
                status: 504,
            },
            (Query("SELECT", "users"), _) => Trouble {
                kind: "ConnectionError",
                message: Said::words("could not connect to postgres while loading user ").tell(&person.email),
                status: 503,
            },
            (Query("UPDATE", _), _) => Trouble {
                kind: "UniqueViolation",
                message: Said::words(
                    "duplicate key value violates unique constraint \"users_email\": Key (email)=(",
                )
                .tell(&person.email)
                .and(") already exists"),
                status: 409,
            },
            (Query(..) | Cache, _) => Trouble {
                kind: "PoolTimeout",
                message: Said::words(format!(
                    "no free connection after {} ms",
                    500 + self.chance.below(1_500)
                )),
                status: 503,
            },
            (Serve(..), Account) => Trouble {
                kind: "InvalidCredentials",
                message: Said::words("login refused for ").tell(&person.email).and(" from ").tell(address),
                status: 401,
            },
            (Serve(..), Mailer) => Trouble {
                kind: "LookupError",
                message: Said::words("no mailbox for ")
                    .tell(&person.name)
                    .and(" <")
                    .tell(&person.email)
                    .and(">"),
                status: 422,
            },
            (Serve(..), _) => Trouble {
                kind: "RuntimeError",
                message: Said::words("unexpected state of session ").tell(&self.session.id),
                status: 500,
            },
        }
    }

    /// Ends a span. `origin` says that what went wrong went wrong here.
    fn finish(&mut self, at: usize, step: &Step, end: u64, failed: Option<&Trouble>, origin: bool) {
        let status = failed.map_or(200, |trouble| trouble.status);
        let Some(span) = self.trace.spans.get_mut(at) else { return };
        span.end = end;
        if let Serve(method, route) = step.does {
            span.answer = Some((method, route, status));
        }
        if !matches!(step.does, Query(..) | Cache) {
            span.told.count("http.response.status_code", status);
        }
        let Some(trouble) = failed else { return };
        span.told.say(Level::Span, "error.type", trouble.kind);
        // What the client did wrong is no error of the server (semantic conventions for HTTP spans).
        if span.kind == SERVER && status < 500 {
            return;
        }
        span.failed = Some(String::new());
        if origin {
            let message = span.told.built_in(Level::Span, "status.message", trouble.message.clone());
            span.failed = Some(message);
            let mut event = Told::default();
            event.say(Level::Event, "exception.type", trouble.kind);
            event.say(Level::Event, "exception.message", trouble.message.clone());
            let stack =
                Said::words(format!("{}: ", trouble.kind)).then(trouble.message.clone()).and(&format!(
                    "\n  at {}.handle (/srv/app/{}.rs:{})",
                    SERVICES[step.service as usize],
                    SERVICES[step.service as usize],
                    40 + step.micros % 300
                ));
            event.say(Level::Event, "exception.stacktrace", stack);
            span.told.labels.append(&mut event.labels);
            span.event = Some(EventDraft { time: end, attributes: event.attributes });
        }
    }

    /// What a service writes about a request.
    fn logs(&mut self, at: usize, step: &Step, failed: Option<&Trouble>) {
        let Some(span) = self.trace.spans.get(at) else { return };
        let (source, id, start, end) = (span.source, span.id, span.start, span.end);
        let Session { person, address, id: session, .. } = self.session;
        let mut write = |time: u64, severity: (u64, &'static str), said: Said, also: Told| {
            let mut told = also;
            let text = told.built_in(Level::Log, "body", said);
            self.trace.logs.push(LogDraft {
                source,
                span: id,
                time,
                severity,
                body: Any::from(text.as_str()),
                told,
            });
        };
        let with_user = || {
            let mut told = Told::default();
            told.say(Level::Log, "user.id", &person.user_id);
            told.say(Level::Log, "session.id", session);
            told
        };
        if let Some(trouble) = failed {
            let mut told = with_user();
            told.say(Level::Log, "exception.type", trouble.kind);
            told.say(Level::Log, "exception.message", trouble.message.clone());
            let said = Said::words("request failed: ").then(trouble.message.clone());
            write(end, (17, "ERROR"), said, told);
            return;
        }
        let Serve(method, route) = step.does else { return };
        let line = match (self.wants, step.service) {
            (Wants::Login, Account) => {
                Said::words("login of ").tell(&person.email).and(" from ").tell(address)
            }
            (Wants::Pay, Checkout) => Said::words(format!("order {} placed by ", self.order))
                .tell(&person.name)
                .and(" (")
                .tell(&person.phone)
                .and(")"),
            (Wants::Pay, Mailer) => Said::words("mail sent to=").tell(&person.email).and(" template=receipt"),
            (Wants::Settings, Account) => Said::words("{\"event\":\"profile changed\",\"email\":\"")
                .tell(&person.email)
                .and("\",\"phone\":\"")
                .tell(&person.phone)
                .and("\"}"),
            (_, Storefront) => {
                Said::words(format!("{method} {route} 200 {} us client=", (end - start) / 1_000))
                    .tell(address)
            }
            _ => return,
        };
        write(end, (9, "INFO"), line, with_user());
    }
}
