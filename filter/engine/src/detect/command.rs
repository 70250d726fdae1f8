//! Secrets on command lines that have no name of their own: `mysql -pSECRET`, `curl -u user:SECRET`, `redis-cli -a SECRET`.
//!
//! What `-p` means depends on the command, so that one of few commands must stand before it. Long options are told by
//! their names ([`key_value`](super::key_value)).

use super::key_value::{is_quote, next_string};
use super::{Detector, Probe, Site, Spec, is_placeholder, tokens};
use crate::Class;
use core::ops::Range;

/// Commands with the letter of their option for a secret.
const COMMANDS: &[(&[u8], u8)] = &[
    (b"mysql", b'p'),
    (b"mysqldump", b'p'),
    (b"mysqladmin", b'p'),
    (b"mariadb", b'p'),
    (b"sshpass", b'p'),
    (b"docker login", b'p'),
    (b"mongo", b'p'),
    (b"mongosh", b'p'),
    (b"mongodump", b'p'),
    (b"curl", b'u'),
    (b"curl", b'b'),
    (b"http", b'a'),
    (b"redis-cli", b'a'),
    (b"ldapsearch", b'w'),
    (b"sqlcmd", b'P'),
    (b"htpasswd", b'b'),
    (b"htpasswd", b'n'),
    (b"htpasswd", b'c'),
    (b"htpasswd", b'B'),
    (b"htpasswd", b'm'),
    (b"az login", b'p'),
    (b"oc login", b'p'),
    (b"podman login", b'p'),
    (b"smbclient", b'U'),
    (b"rpcclient", b'U'),
    (b"net ads", b'U'),
    (b"net rpc", b'U'),
    (b"wmic", b'U'),
    (b"winexe", b'U'),
    (b"ipmitool", b'P'),
    (b"psexec", b'p'),
    (b"PsExec", b'p'),
    (b"PsExec64", b'p'),
    (b"psexec64", b'p'),
    (b"mysqlsh", b'p'),
    (b"useradd", b'p'),
    (b"usermod", b'p'),
    (b"rdesktop", b'p'),
    (b"ssh-keygen", b'N'),
    (b"mariadb-dump", b'p'),
    (b"openssl", b'k'),
    (b"mosquitto_pub", b'P'),
    (b"mosquitto_sub", b'P'),
    (b"bcp", b'P'),
    (b"cqlsh", b'p'),
    (b"beeline", b'p'),
    (b"rabbitmqadmin", b'p'),
    (b"registry login", b'p'),
    (b"snmpwalk", b'c'),
    (b"snmpbulkwalk", b'c'),
    (b"snmpget", b'c'),
    (b"snmpbulkget", b'c'),
    (b"snmpgetnext", b'c'),
    (b"snmpset", b'c'),
    (b"snmptrap", b'c'),
    (b"snmptable", b'c'),
    (b"check_snmp", b'C'),
    (b"ldapmodify", b'w'),
    (b"ldapadd", b'w'),
    (b"ldapdelete", b'w'),
    (b"ldapwhoami", b'w'),
    (b"ldappasswd", b'w'),
    (b"ldappasswd", b's'),
    (b"ldappasswd", b'a'),
    (b"gh secret set", b'b'),
    (b"mongorestore", b'p'),
    (b"mongoexport", b'p'),
    (b"mysqlimport", b'p'),
    (b"nxc", b'p'),
    (b"crackmapexec", b'p'),
    (b"evil-winrm", b'p'),
    (b"helm registry login", b'p'),
    (b"skopeo login", b'p'),
    (b"snmpget", b'A'),
    (b"snmpget", b'X'),
    (b"snmpwalk", b'A'),
    (b"snmpwalk", b'X'),
    (b"zip", b'P'),
    (b"unzip", b'P'),
    (b"7z", b'p'),
    (b"7za", b'p'),
    (b"rar", b'p'),
    (b"unrar", b'p'),
    (b"twine upload", b'p'),
    (b"poetry publish", b'p'),
    (b"nerdctl login", b'p'),
    (b"buildah login", b'p'),
    (b"oras login", b'p'),
    (b"crane auth login", b'p'),
    (b"cf login", b'p'),
    (b"ibmcloud login", b'p'),
    (b"ncftpput", b'p'),
    (b"sqlpackage", b'p'),
    (b"logdna-agent", b'k'),
    (b"influx", b't'),
    (b"etcdctl", b'u'),
    (b"codecov", b't'),
    (b"bitrise", b't'),
    (b"expo login", b'p'),
    (b"racadm", b'p'),
    (b"check_mysql", b'p'),
    (b"check_pgsql", b'p'),
    (b"check_mssql", b'p'),
    (b"check_http", b'a'),
    (b"check_curl", b'a'),
    (b"check_imap", b'p'),
    (b"lftp", b'u'),
    (b"glab auth login", b't'),
    (b"doctl", b't'),
    (b"doppler", b't'),
    (b"flyctl", b't'),
    (b"nuget push", b'k'),
    (b"choco push", b'k'),
    (b"choco apikey", b'k'),
    (b"mysqlshow", b'p'),
    (b"mysqlcheck", b'p'),
    (b"mydumper", b'p'),
    (b"myloader", b'p'),
    (b"redis-benchmark", b'a'),
    (b"valkey-cli", b'a'),
    (b"keydb-cli", b'a'),
    (b"ldapcompare", b'w'),
    (b"ldapmodrdn", b'w'),
    (b"xh", b'a'),
    (b"snmpbulkwalk", b'A'),
    (b"snmpbulkwalk", b'X'),
    (b"snmpset", b'A'),
    (b"snmpset", b'X'),
    (b"snmptrap", b'A'),
    (b"snmptrap", b'X'),
    (b"snmptable", b'A'),
    (b"snmptable", b'X'),
    (b"snmpgetnext", b'A'),
    (b"snmpgetnext", b'X'),
    (b"tsql", b'P'),
    (b"hydra", b'p'),
    (b"smbmap", b'p'),
    (b"7zz", b'p'),
];

/// Long options with the commands of which each is a secret: elsewhere they are texts and values of any kind.
const LONG: &[(&str, &str)] = &[
    ("body", "gh secret"),
    ("value", "put-parameter"),
    ("value", "keyvault secret"),
    ("value", "secret:create"),
    ("value", "secret set"),
    ("secret-string", "secretsmanager"),
    ("secret-string", "create-secret"),
    ("secret-string", "put-secret-value"),
    ("from-literal", "secret"),
    ("auth", "http"),
    ("auth", "xh"),
];

/// Commands that keep what is given to a name, in the last word of which a site is: `fly secrets set NAME=…`.
const SETTERS: &[&str] =
    &["config:set", "secrets set", "secret set", "env:set", "user-secrets set", "variables set"];

/// How far before the option its command may stand.
const BACK: usize = 96;

pub(super) struct ShortOption;

impl Detector for ShortOption {
    fn spec(&self) -> Spec {
        Spec::new(
            "command-secret",
            Class::Credential,
            "Secrets behind one-letter options of well-known commands",
        )
        .finds(&[
            "curl --user «ann:hunter2» https://example.org, curl --proxy-user «ann:hunter2» x, lftp -u ann,«hunter2» ftp://example.org",
            "curl -b 'sid=«abcdef12345»' https://example.org, curl -s -b '«sid=abcdef12345; lang=en»' x, [\"curl\",\"-b\",\"sid=«abcdef12345»\"]",
            "codecov -t «550e8400-e29b-41d4-a716-446655440000» -f coverage.xml",
            "mysql -u root -p«S3cretPw» shop",
            "curl -s -u «ann:hunter2» https://example.org",
            "sshpass -p '«hunter2 x»' ssh ann@host",
            "redis-cli -h cache -a «hunter2» ping",
            "docker login -u ann -p «hunter2»",
            "htpasswd -b /etc/nginx/.htpasswd ann «hunter2», htpasswd -nbB ann '«hunter2 x»'",
            "ipmitool -I lanplus -H bmc -U ann -P «copper-river» chassis power status",
            r"net use \\fs01\share /user:ann «Hunter.9796» /persistent:no",
            r"net use Z: \\fs01\share «Hunter.9796» /user:ann",
            r#"> b'A1 LOGIN ann@example.org "«hunter2 x»"'"#,
            "A1 LOGIN ann@example.org «Hunter29!x», http --auth «ann:hunter22x» example.org",
            "htpasswd -c -b .htpasswd ann «hunter2»",
            "smbclient //nas.example.org/share -U 'ann%«hunter2»' -c ls",
            "restic --password-command \"echo «hunter2»\" snapshots, borg --pass-command 'printf «hunter2»'",
            "zip -P «hunter2» /tmp/x.zip export.csv; 7z a -p«Orchid_919» x.7z /data",
            r"PsExec64.exe \\node-1 -u CORP\ann -p «Orchid2004» cmd.exe /c x; openssl enc -aes-256-cbc -k «hunter2» -in a",
            r#"["mysql","-uroot","-p«Hunter2x7»","shop"], {"args":["curl","-s","-u","«ann:hunter2»","https://example.org"]}"#,
            r#"["curl","--user","«ann:hunter2»","x"], ["docker","login","-u","ann","-p","«hunter2»"], args: [\"-u\", \"«ann:hunter22x»\"]"#,
            r#"argc=4 a0="mysql" a1="-u" a2="root" a3="-p«Hunter2x7»", a0="sshpass" a1="-p" a2="«hunter2»""#,
            "gh secret set NEWRELIC_LICENSE --body \"«0f3a9c61d72be485»\" --repo acme/x; gh secret set X -b «hunter2x» -R y",
            "aws ssm put-parameter --name /prod/db/pw --value «hunter2x» --type SecureString",
            "kubectl create secret generic db --from-literal=conn=«hunter2x» -n prod, az keyvault secret set --name db --value «hunter2x»",
            "heroku config:set SENDGRID_KEY=«k3X9qW0r7MzT2a8Hv5» -a shop",
            "bundle config gems.example.org ci:«Tiger2024x»; bundle config set --local gems.example.org ci:«Tiger2024x»",
            "composer config --global http-basic.repo.example.org ann «Tiger2024x»; twine upload -u __token__ -p «k3X9qW0r7MzT» dist/*",
            "snmpwalk -v2c -c «hunter22» 198.51.100.7 sysDescr; ldapmodify -x -D cn=admin -w «hunter2x» -f a.ldif",
            "Process Command Line: net user ann «hunter2» /add /domain",
            r#"CommandLine="C:\Windows\System32\net.exe user ann «hunter2» /add""#,
        ])
        .passes_over(&[
            "ssh -p 2222 host",
            "curl -b cookies.txt -c jar https://example.org, curl -b 'sid=[credential]' x, curl -b [credential] x, curl -b sid=$SID x",
            r"net use Z: \\fs01\share * /user:ann",
            r"net use x; runas /user:ann cmd2",
            r"net use \\fs01\share /user:ann [credential]",
            r"net use X\fs01\share /user:ann [credential] /persistent:no",
            r#"x LOGIN ann@example.org failed after attempt-12, LOGIN ann@example.org failed, A1 LOGIN ann@example.org "[credential]""#,
            "mkdir -p /srv/app",
            "mysql -u root -p",
            "curl -u ann https://example.org",
            "docker run -p 8080:80 x",
            "mysql -p --host db",
            "htpasswd -c .htpasswd ann now, htpasswd -n ann",
            "smbclient //nas.example.org/share -U ann",
            "restic --password-command \"pass show backup\" --run-command 'echo hunter2'",
            "CommandLine: net user ann /delete, CommandLine: net user ann * /add, command line: unknown user",
            r#"["mysql","-p","shop"] ["docker","run","-p","8080:80"] ["mkdir","-p","/srv"] ["curl","-u","ann"] ["mysql","-p[credential]"]"#,
            r#"["-u","1000:1000"] ["-u","www-data:www-data"] ["-u","app:staff"] ["-u","http://a1b2c3:80"] ["docker","run","-u","ann","-p","8080:80"]"#,
            "PsExec64.exe -u ann -p, openssl req -key x.pem -keyout y",
            "7z x -p x.7z, unrar x -p x.rar",
            "gh pr create --title x --body \"Fixes issue1234\", aws cloudwatch put-metric-data --value 42.5123",
            "gh secret set X --body [credential], aws ssm put-parameter --name /x --value false --type String",
            "bundle config gems.example.org ci:[credential]; bundle config mirror.example.org https://example.org, twine upload dist/*",
            "heroku config:set NODE_ENVIRONMENT=production, feature set NEW_CHECKOUT_V2=k3X9qW0r7MzT2a8Hv5",
            "kubectl create configmap x --from-literal=LOG_LEVEL=debug2x, ssh -c aes256-ctr host, snmpwalk -c [credential] x",
        ])
    }

    fn sites(&self) -> &[Site] {
        &[
            Site::ShortFlag,
            Site::Flag,
            Site::Key(&["user", "commandline"]),
            Site::At,
            Site::After(&["set", "config", "--global", "--local"]),
        ]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        match probe.byte(at) {
            b'-' => {}
            b'@' => return logs_in(probe, at),
            _ if probe.before(at) == b' ' => return kept(probe, at),
            _ => return mounts(probe, at).or_else(|| account(probe, at)),
        }
        let listed = is_quote(probe.before(at));
        let user = ["--user", "--proxy-user"].into_iter().find(|user| probe.starts_with(at, user));
        let user = user.map_or(0, str::len);
        let long = user > 0
            && (probe.byte(at + user) == b' '
                || listed && matches!(probe.byte(at + user), b'"' | b'\'' | b'\\'));
        if !long && probe.byte(at + 1) == b'-' {
            return printed(probe, at + 2).or_else(|| long_option(probe, at + 2));
        }
        let letter = if long { b'u' } else { probe.byte(at + 1) };
        if listed {
            let command = command_before(probe, at, letter, listed);
            return argument_of_list(probe, at + if long { user } else { 2 }, letter, command);
        }
        let command = command_before(probe, at, letter, listed)?;
        if command == b"htpasswd" {
            return htpasswd(probe, at);
        }
        let mut from = at + if long { user } else { 2 };
        if probe.byte(from) == b' ' {
            from += 1;
        } else if command == b"curl" {
            return None;
        }
        // Longer options of it begin so.
        if command == b"openssl" && probe.byte(at + 2) != b' ' {
            return None;
        }
        // Archivers ask for the password where none is joined to the option.
        if (command.ends_with(b"rar") || command.starts_with(b"7z")) && probe.byte(at + 2) == b' ' {
            return None;
        }
        let mut span = argument(probe, from, 256, b"\"'`|;");
        if letter == b'U' {
            // The user's name is no secret: `-U 'ann%…'`.
            span.start += probe.slice(span.clone()).iter().position(|byte| *byte == b'%')? + 1;
        }
        if command == b"lftp" {
            span.start += probe.slice(span.clone()).iter().position(|byte| *byte == b',')? + 1;
        }
        let value = probe.slice(span.clone());
        if letter == b'b' && command == b"curl" {
            return baked(probe, span);
        }
        // A database's name may follow a bare `-p`, which then asks for the password.
        let bare = command == b"mysql" && from == at + 3 && span.start == from;
        let option = value.first() == Some(&b'-');
        let pair = letter != b'u' || command == b"lftp" || value.contains(&b':');
        let passes = value.is_empty()
            || option
            || bare
            || !pair
            || is_placeholder(value)
            || value.first() == Some(&b'/')
            // What everybody calls himself.
            || value == b"public";
        (!passes).then_some(span)
    }
}

/// What `curl -b` sends as cookies, if they are no file: of one its value.
#[inline(never)] // of few
fn baked(probe: &Probe<'_>, span: Range<usize>) -> Option<Range<usize>> {
    let text = probe.slice(span.clone());
    let value = text.iter().position(|byte| *byte == b'=')? + 1;
    let rest = text.get(value..).unwrap_or(&[]);
    let start = if rest.contains(&b';') { span.start } else { span.start + value };
    (!is_placeholder(rest) && !rest.starts_with(b"[") && !rest.starts_with(b"$")).then_some(start..span.end)
}

/// The command that stands before an option of that letter: a word, or an argument in quotes as well.
fn command_before(probe: &Probe<'_>, at: usize, letter: u8, listed: bool) -> Option<&'static [u8]> {
    if !COMMANDS.iter().any(|(_, option)| *option == letter) {
        return None;
    }
    let before = probe.slice(at.saturating_sub(BACK)..at);
    probe.count(before.len());
    // The words of a list as they stand on a line.
    let (mut line, mut length) = ([0_u8; BACK], 0_usize);
    if listed {
        for byte in before {
            let divides = matches!(byte, b'"' | b'\'' | b'\\' | b',' | b' ');
            let blank = line.get(length.wrapping_sub(1)).is_none_or(|last| *last == b' ');
            if !(divides && blank)
                && let Some(to) = line.get_mut(length)
            {
                *to = if divides { b' ' } else { *byte };
                length += 1;
            }
        }
    }
    let before = if listed { line.get(..length).unwrap_or(&[]) } else { before };
    let called = |name: &[u8]| {
        let word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let from = memchr::memmem::rfind(before, name)?;
        let rest = before.get(from + name.len()..)?;
        let rest = rest.strip_prefix(b".exe").unwrap_or(rest);
        (!word(from.checked_sub(1).and_then(|at| before.get(at))) && *rest.first()? == b' ').then_some(from)
    };
    // The last one is the option's, and the longer of two that begin alike.
    let commands = COMMANDS.iter().filter(|(_, option)| *option == letter);
    let called = commands.filter_map(|(name, _)| Some((called(name)?, *name)));
    called.max_by_key(|(from, name)| (*from, name.len())).map(|(_, name)| name)
}

/// The secret of an option that is an argument in quotes, joined to it or the next: `["mysql", "-px"]`, `a0="curl" a1="-u" a2="ann:x"`.
#[inline(never)] // few arguments stand so
fn argument_of_list(
    probe: &Probe<'_>,
    option: usize,
    letter: u8,
    command: Option<&[u8]>,
) -> Option<Range<usize>> {
    // A user with a password is one behind any command: `["-u", "ann:…"]`.
    let any = command.is_none();
    let command = command.or((letter == b'u').then_some(b"curl"))?;
    let quote = probe.reach(option, 4, |byte| byte == b'\\');
    let from = if is_quote(probe.byte(quote)) {
        // Asked for where none is joined.
        if command.starts_with(b"my") || command.starts_with(b"maria") || command.starts_with(b"7z") {
            return None;
        }
        // As the audit of Linux numbers them.
        let name =
            probe.reach(quote + 1, 8, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'='));
        let numbered = probe.before(name) == b'=' && is_quote(probe.byte(name));
        if numbered { name + 1 } else { next_string(probe, option)? }
    } else {
        option
    };
    let end = probe.reach(from, 128, |byte| !is_quote(byte) && byte != b'\\' && byte != b'\n');
    let value = probe.slice(from..end);
    let password = value.iter().position(|byte| *byte == b':').and_then(|colon| value.get(colon + 1..));
    let chosen = |password: &[u8]| {
        let has = |belongs: fn(&u8) -> bool| password.iter().any(belongs);
        !any || password.len() > 4
            && has(u8::is_ascii_digit)
            && has(u8::is_ascii_alphabetic)
            && !has(|byte| *byte == b'/')
    };
    if letter == b'b' && command == b"curl" {
        return baked(probe, from..end);
    }
    let pair = letter != b'u' || password.is_some_and(chosen);
    let passes = value.len() < 3 || !pair || value.first() == Some(&b'-') || is_placeholder(value);
    (!passes).then_some(from..end)
}

/// The password of `net use \\server\share password /user:name`, or of `… /user:name password`, by the colon.
fn mounts(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let option = at.checked_sub("/user".len())?;
    if probe.byte(at) != b':' || probe.byte(option) != b'/' {
        return None;
    }
    let line = probe.reach_back(option, BACK, |byte| !matches!(byte, b'\n' | b';' | b'&' | b'|'));
    if !probe.has_before(option, option - line, &["net use", "net.exe use", "net1 use"]) {
        return None;
    }
    let secret = |span: Range<usize>| {
        let value = probe.slice(span.clone());
        let other = matches!(value.first(), None | Some(b'/' | b'\\' | b'*'))
            || value.ends_with(b":")
            || value.eq_ignore_ascii_case(b"use");
        (!other && !is_placeholder(value)).then_some(span)
    };
    let name = argument(probe, at + 1, 64, b"\"'`|;").end;
    let name = name + usize::from(matches!(probe.byte(name), b'"' | b'\''));
    let behind = if probe.byte(name) == b' ' { argument(probe, name + 1, 128, b"\"'`|;") } else { 0..0 };
    // Between the share and the option.
    let last = option.checked_sub(1)?;
    let word = probe.reach_back(last, BACK, |byte| byte > b' ');
    // What an earlier hop left there is the password: then the word before is the share.
    if is_placeholder(probe.slice(behind.clone())) && !behind.is_empty() {
        return None;
    }
    secret(behind).or_else(|| secret(word..last))
}

/// The password of `net user name password /add`, where an event names the line of a command.
fn account(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    probe.key_ends_with(at, &["commandline"])?;
    let line = at..probe.reach(at, 2 * BACK, |byte| byte != b'\n');
    let text = probe.slice(line.clone());
    const COMMANDS: [&[u8]; 4] = [b"net user ", b"net.exe user ", b"net1 user ", b"net.exe\" user "];
    let name =
        COMMANDS.iter().find_map(|command| Some(memchr::memmem::find(text, command)? + command.len()))?;
    let name = argument(probe, line.start + name, 64, b"\"'`|;").end;
    if probe.byte(name) != b' ' {
        return None;
    }
    let span = argument(probe, name + 1, 128, b"\"'`|;");
    let value = probe.slice(span.clone());
    (!matches!(value.first(), None | Some(b'/' | b'*')) && !is_placeholder(value)).then_some(span)
}

/// The password that a client of IMAP sends behind an address (RFC 3501): `a1 LOGIN ann@example.org "…"`, by the `@`.
fn logs_in(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let name = |byte: u8| byte > b' ' && byte != b'@';
    let start = probe.reach_back(at, 64, name);
    if !probe.slice(start.saturating_sub(7)..start).ends_with(b" LOGIN ") {
        return None;
    }
    let end = probe.reach(at + 1, 64, name);
    let quote = probe.reach(end + 1, 4, |byte| byte == b'\\');
    if probe.byte(end) == b' ' && probe.byte(quote) != b'"' {
        // Without quotes what no sentence goes on with.
        let span = argument(probe, end + 1, 128, b"\"'`|;,");
        let value = probe.slice(span.clone());
        let digit = value.iter().any(u8::is_ascii_digit);
        let lower = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.');
        let name = value.iter().take_while(|byte| lower(byte)).count() + 3 > value.len();
        return (value.len() >= 6 && digit && !name && !is_placeholder(value)).then_some(span);
    }
    if probe.byte(end) != b' ' || probe.byte(quote) != b'"' {
        return None;
    }
    let to = probe.reach(quote + 1, 128, |byte| byte >= b' ' && byte != b'"' && byte != b'\\');
    let value = probe.slice(quote + 1..to);
    (!value.is_empty() && !is_placeholder(value)).then_some(quote + 1..to)
}

/// A secret that an option has a command print: `--password-command "echo …"`. `name` is where the option's name begins.
fn printed(probe: &Probe<'_>, name: usize) -> Option<Range<usize>> {
    const PRINT: [&str; 3] = ["echo ", "printf ", "echo -n "];
    let end = probe.reach(name, 32, |byte| byte.is_ascii_alphabetic() || byte == b'-');
    let option = probe.slice(name..end);
    if !option.starts_with(b"pass") || !(option.ends_with(b"command") || option.ends_with(b"cmd")) {
        return None;
    }
    let from = end + 2;
    let print = PRINT.iter().rev().find(|print| probe.starts_with(from, print))?;
    let span = argument(probe, from + print.len(), 256, b"\"'`|;");
    let value = probe.slice(span.clone());
    (!value.is_empty() && !is_placeholder(value)).then_some(span)
}

/// The secret of a long option that is one with its command only: `gh secret set NAME --body …`. `name` is where its name begins.
fn long_option(probe: &Probe<'_>, name: usize) -> Option<Range<usize>> {
    let end = probe.reach(name, 24, |byte| byte.is_ascii_lowercase() || byte == b'-');
    let option = probe.slice(name..end);
    let options = || LONG.iter().filter(|(long, _)| option == long.as_bytes());
    if !matches!(probe.byte(end), b' ' | b'=')
        || !options().any(|(_, command)| probe.has_before(name, 160, &[command]))
    {
        return None;
    }
    let mut from = end + 1;
    if option.ends_with(b"literal") {
        from = probe.reach(from, 64, |byte| byte > b' ' && byte != b'=') + 1;
        if probe.before(from) != b'=' {
            return None;
        }
    }
    let mut span = argument(probe, from, 512, b"\"'`|;");
    span.end = probe.reach_back(span.end, 1, |byte| byte == b',').max(span.start);
    let value = probe.slice(span.clone());
    // A file or a variable has it, or a state is kept beside the secrets.
    let other = value.first().is_none_or(|first| matches!(first, b'-' | b'$' | b'@' | b'/'));
    let plain =
        value.len() < 6 || value.iter().all(|byte| byte.is_ascii_lowercase()) || value.starts_with(b"file:");
    (!other && !plain && !is_placeholder(value)).then_some(span)
}

/// What a command keeps under a name that begins at a place: `heroku config:set NAME=…`, `netlify env:set NAME …`. Of settings of
/// any kind those that are drawn at random.
fn kept(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    if !SETTERS.iter().any(|setter| probe.ends_with_any_case(at - 1, setter)) {
        return configured(probe, at);
    }
    let name = probe.reach(at, 64, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.'));
    if !matches!(probe.byte(name), b'=' | b' ') {
        return None;
    }
    let span = argument(probe, name + 1, 512, b"\"'`|;");
    let value = probe.slice(span.clone());
    let drawn =
        value.len() >= 12 && tokens::is_random(value) && !value.contains(&b':') && !value.starts_with(b"-");
    (drawn && !is_placeholder(value)).then_some(span)
}

/// What a manager of packages is told to log in to a host with, whose name begins at a place: `bundle config HOST USER:…`, `composer config
/// http-basic.HOST USER …`, `composer config github-oauth.HOST …`.
#[inline(never)] // few words stand so
fn configured(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const TOKENS: [&str; 5] = ["github-oauth.", "gitlab-token.", "gitlab-oauth.", "bearer.", "pypi-token."];
    if !probe.has_before(at, 48, &["bundle", "bundler", "composer", "poetry"]) {
        return None;
    }
    let word = |from: usize| argument(probe, from, 256, b"\"'`|;");
    let host = word(at);
    let mut span = word(host.end + 1);
    let begins = |kind: &str| probe.starts_with(at, kind);
    if begins("http-basic.") {
        span = word(span.end + 1);
    } else if !TOKENS.into_iter().any(begins) {
        let user = probe.reach(span.start, 64, |byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        let pair = user > span.start && probe.byte(user) == b':' && !probe.starts_with(user, "://");
        if !pair || !probe.slice(host).contains(&b'.') || probe.byte(span.start) == b'-' {
            return None;
        }
        span.start = user + 1;
    }
    let value = probe.slice(span.clone());
    let told = value.len() >= 4 && !value.starts_with(b"-") && !value.starts_with(b"$");
    (told && !is_placeholder(value)).then_some(span)
}

/// The word that begins at a place, or what is in quotes there, of at most `most` bytes. A bare word ends at a blank and at one of `ends`.
fn argument(probe: &Probe<'_>, from: usize, most: usize, ends: &[u8]) -> Range<usize> {
    let quote = probe.byte(from);
    let quoted = matches!(quote, b'"' | b'\'');
    let from = from + usize::from(quoted);
    let end = probe.run_end(from, most, |byte| {
        if quoted { byte != quote && byte != b'\n' } else { byte > b' ' && !ends.contains(&byte) }
    });
    from..end
}

/// The password of `htpasswd -b file user password`, or of `htpasswd -nb user password`: what follows its options, one or two words on.
fn htpasswd(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let word = |from: usize| probe.reach(from, 128, |byte| byte > b' ');
    let (mut from, mut given, mut printed) = (at, false, false);
    while probe.byte(from) == b'-' {
        let end = word(from);
        let option = probe.slice(from..end);
        given |= option.contains(&b'b');
        printed |= option.contains(&b'n');
        from = end + 1;
    }
    for _ in 0..2 - usize::from(printed) {
        from = word(from) + 1;
    }
    let span = argument(probe, from, 128, b",|;");
    let value = probe.slice(span.clone());
    (given && !value.is_empty() && !is_placeholder(value)).then_some(span)
}
