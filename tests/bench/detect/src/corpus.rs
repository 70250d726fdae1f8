//! Log text of a shop that nobody runs: logfmt, JSON, access logs, stack traces, always the same for one seed.

/// A small generator of repeatable numbers (xorshift); quality does not matter here.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = self.roll(from.len() as u64) as usize;
        from.get(at).copied().unwrap_or("")
    }

    fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from_digit(self.roll(16) as u32, 16).unwrap_or('0')).collect()
    }
}

/// The four kinds of lines.
pub(crate) const KINDS: [&str; 4] = ["logfmt", "json", "access log", "stack trace"];

/// Lines of about `bytes` in all, of which `dirty` in a hundred hold a personal value or a secret.
pub(crate) fn lines(bytes: usize, dirty: u64, kind: Option<usize>) -> Vec<String> {
    let mut dice = Dice::new(0x5eed_0f10_95ee_d00d);
    let mut lines = Vec::new();
    let mut total = 0;
    while total < bytes {
        let said = if dice.roll(100) < dirty { sensitive(&mut dice) } else { ordinary(&mut dice) };
        let line = match kind.unwrap_or_else(|| dice.roll(4) as usize) {
            0 => logfmt(&mut dice, &said),
            1 => json(&mut dice, &said),
            2 => access(&mut dice, &said),
            _ => trace(&mut dice, &said),
        };
        total += line.len() + 1;
        lines.push(line);
    }
    lines
}

fn ordinary(dice: &mut Dice) -> String {
    let what = dice.pick(&[
        "order accepted",
        "cache miss for catalog page",
        "retrying payment provider after timeout",
        "inventory reserved in warehouse north",
        "session restored from store",
        "connection pool exhausted, waiting",
        "feature flag evaluated to true",
        "queue drained",
    ]);
    format!("{what} after {} ms", dice.roll(5000))
}

fn sensitive(dice: &mut Dice) -> String {
    let number = dice.roll(9000) + 1000;
    match dice.roll(8) {
        0 => format!("no mailbox for ann.{number}@example.org"),
        1 => "card 4111 1111 1111 1111 declined by issuer".to_owned(),
        2 => format!("client 203.0.113.{} blocked", dice.roll(250) + 1),
        3 => format!("login failed password=hunter{number} for bob"),
        4 => format!("callback to +1 415 555 {number} missed"),
        5 => format!("upstream rejected Bearer {}", dice.hex(32)),
        6 => format!("connecting to postgres://app:s3cret{number}@db.example.org:5432/shop"),
        _ => "refund to DE89 3704 0044 0532 0130 00 queued".to_owned(),
    }
}

fn time(dice: &mut Dice) -> String {
    let (hour, minute, second) = (dice.roll(24), dice.roll(60), dice.roll(60));
    format!("2026-11-23T{hour:02}:{minute:02}:{second:02}.{:03}Z", dice.roll(1000))
}

fn service(dice: &mut Dice) -> &'static str {
    dice.pick(&["checkout", "catalog", "payment-gateway", "user-profile", "shipping"])
}

fn path(dice: &mut Dice) -> String {
    let area = dice.pick(&["orders", "products", "carts", "users", "invoices"]);
    format!("/api/v{}/{area}/{}/items", dice.roll(3) + 1, dice.roll(1_000_000))
}

fn logfmt(dice: &mut Dice, said: &str) -> String {
    format!(
        "ts={} level={} service={} trace_id={} span_id={} duration_ms={}.{} status={} msg=\"{said}\"",
        time(dice),
        dice.pick(&["info", "warn", "error", "debug"]),
        service(dice),
        dice.hex(32),
        dice.hex(16),
        dice.roll(900),
        dice.roll(10),
        dice.pick(&["200", "201", "404", "500"]),
    )
}

fn json(dice: &mut Dice, said: &str) -> String {
    format!(
        "{{\"timestamp\":\"{}\",\"level\":\"{}\",\"logger\":\"com.example.shop.{}\",\"thread\":\"http-nio-8080-exec-{}\",\
         \"message\":\"{said}\",\"orderId\":{},\"retry\":{},\"pod\":\"{}-{}-{}\"}}",
        time(dice),
        dice.pick(&["INFO", "WARN", "ERROR"]),
        dice.pick(&["CheckoutService", "CatalogClient", "PaymentGateway"]),
        dice.roll(200),
        dice.roll(10_000_000),
        dice.pick(&["true", "false"]),
        service(dice),
        dice.hex(10),
        dice.hex(5),
    )
}

fn access(dice: &mut Dice, said: &str) -> String {
    format!(
        "- - [23/Nov/2026:{:02}:{:02}:{:02} +0000] \"{} {}?page={} HTTP/1.1\" {} {} \"-\" \
         \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0\" {said}",
        dice.roll(24),
        dice.roll(60),
        dice.roll(60),
        dice.pick(&["GET", "POST", "PUT"]),
        path(dice),
        dice.roll(30),
        dice.pick(&["200", "302", "404", "503"]),
        dice.roll(100_000),
    )
}

fn trace(dice: &mut Dice, said: &str) -> String {
    let mut text = format!("com.example.shop.PaymentException: {said}\n");
    for _ in 0..dice.roll(6) + 3 {
        let class = dice.pick(&["CheckoutController", "PaymentClient", "RetryTemplate", "OrderRepository"]);
        let method = dice.pick(&["submit", "execute", "doInTransaction", "lambda$pay$3"]);
        text.push_str(&format!(
            "\tat com.example.shop.checkout.{class}.{method}({class}.java:{})\n",
            dice.roll(400)
        ));
    }
    text
}
