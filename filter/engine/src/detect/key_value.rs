//! Secrets by the name in front of them: `password=…`, `"api_key": "…"`, `\"token\":\"…\"`, `--password …`.
//!
//! The finding is the value alone. Labels, placeholders and the words of people writing about passwords are passed over.
//! A value that is a token of ours is found: only the caller can tell a genuine one from a copy.

use super::list::List;
use super::probe::Reach;
use super::{Detector, Probe, Site, Spec, is_placeholder};
use crate::Class;
use core::ops::Range;

/// Names of values that are secret whatever they look like.
const STRONG: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "pwd",
    "clientsecret",
    "secretkey",
    "secretkeybase",
    "secretaccesskey",
    "apikey",
    "accesskey",
    "privatekey",
    "accesstoken",
    "refreshtoken",
    "authtoken",
    "idtoken",
    "apitoken",
    "sessiontoken",
    "bearertoken",
    "authkey",
    "encryptionkey",
    "signingkey",
    "accountkey",
    "sharedkey",
    "apisecret",
    "senha",
    "contrasena",
    "kennwort",
    "motdepasse",
    "contraseña",
    "wachtwoord",
    "lösenord",
    "hasło",
    "parola",
    "şifre",
    "пароль",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
    "subscriptionkey",
    "functionskey",
    "masterkey",
    "licensekey",
    "webhooksecret",
    "consumersecret",
    "connectionpassword",
    "userpass",
    "dbpass",
    "mysqlpass",
    "rootpass",
    "sshpass",
    "authpass",
    "pswd",
    "dbpw",
    "userpw",
    "bindpw",
    "rootpw",
    "storepass",
    "keypass",
    "hmackey",
    "presharedkey",
    "psk",
    "writekey",
    "appkey",
    "applicationkey",
    "serverkey",
    "servicekey",
    "deploykey",
    "cipherkey",
    "aeskey",
    "ingestkey",
    "ingestionkey",
    "adminkey",
    "rootkey",
    "mnemonic",
    "passwordis",
    "requirepass",
    "palavrapasse",
    "becomepass",
    "sudopass",
    "seedphrase",
    "recoveryphrase",
    "backupphrase",
    "mnemonicphrase",
    "secretphrase",
    "zugriffsschlüssel",
    "zugangsschlüssel",
    "geheimschlüssel",
    "apischlüssel",
    "toegangssleutel",
    "clésecrète",
    "cléapi",
    "clavesecreta",
    "clavedeacceso",
    "chavesecreta",
    "chavedeacesso",
    "chiavesegreta",
    "åtkomstnyckel",
    "samlresponse",
];

/// Those of them that a wallet is restored from: twelve to 24 words of a list (BIP 39).
const SEEDS: &[&str] = &["seedphrase", "recoveryphrase", "backupphrase", "mnemonicphrase", "secretphrase"];

/// Constants of settings in PHP, which stand in quotes with their value behind a comma: `define('DB_PASSWORD', '…')`.
const CONSTANTS: &[&str] = &[
    "DB_PASSWORD",
    "DATABASE_PASSWORD",
    "MYSQL_PASSWORD",
    "SMTP_PASSWORD",
    "MAIL_PASSWORD",
    "FTP_PASSWORD",
    "REDIS_PASSWORD",
    "WP_REDIS_PASSWORD",
    "ADMIN_PASSWORD",
    "LDAP_PASSWORD",
    "SECURE_AUTH_KEY",
    "LOGGED_IN_KEY",
    "JWT_AUTH_SECRET_KEY",
    "AWS_SECRET_ACCESS_KEY",
];

/// A setting of Redis whose line is its value, whatever that looks like.
const SETTING: &[&str] = &["requirepass "];

/// Words of commands behind which a secret stands as one of several values.
const LISTS: &[&str] = &["auth"];

/// Names of signatures in signed URLs, and of codes that are traded for tokens: capabilities for as long as they last.
const SIGNATURES: &[&str] = &["sig", "signature", "code"];

/// Names that also stand before ordinary words.
const WEAK: &[&str] = &["token", "secret", "credential", "credentials", "creds", "pass", "pw"];

const ALL: &[&str] = &[
    // Every ending above has one of these as its own ending.
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "pwd",
    "secret",
    "key",
    "token",
    "senha",
    "contrasena",
    "kennwort",
    "passe",
    "contraseña",
    "wachtwoord",
    "lösenord",
    "hasło",
    "parola",
    "şifre",
    "пароль",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
    "sig",
    "signature",
    "code",
    "credential",
    "credentials",
    "creds",
    "pass",
    "base",
    "pswd",
    "psk",
    "pw",
    // The name stands before it, in a pair of its own.
    "value",
    "default",
    "mnemonic",
    "passwordis",
    "phrase",
    // Told what it was made: `password set to …`.
    "passwordset",
    "passwordchanged",
    "passwordreset",
    "passwordupdated",
    "twójkod",
    "mójkod",
    // Several of them, in a list.
    "passwords",
    "passwds",
    "passphrases",
    "secrets",
    "keys",
    "tokens",
    "schlüssel",
    "sleutel",
    "secrète",
    "cléapi",
    "secreta",
    "acceso",
    "acesso",
    "segreta",
    "nyckel",
    "samlresponse",
];

pub(super) struct KeyValue;

impl Detector for KeyValue {
    fn spec(&self) -> Spec {
        Spec::new(
            "secret",
            Class::Credential,
            "Values of passwords, API keys and tokens, by the name before them",
        )
        .finds(&[
            "login password=«hunter2» ok",
            r#"{"password":"«x»","user":"ann"}"#,
            r#"{\"password\":\"«p w\\\"d»\",\"a\":1}"#,
            "passwd: «hunter2»",
            "pwd=«a,b;c», next",
            "https://example.org/?api_key=«abc»&x=1",
            "X-Api-Key: «abc123»",
            "client_secret='«a b c»'",
            "mysql --password «hunter2» --host db",
            "keytool -storepass «hunter2» -alias x",
            "tool --token=«abc»",
            "aws_secret_access_key = «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
            "dbPassword=«pässword»",
            "DB_PASS=«hunter2»;Server=x",
            "password=«u_abcdefghijklmnopqrst2345»",
            "AccountKey=«abcd1234==»;EndpointSuffix=x",
            "(user=ann, password=«hunter2»)",
            "access_token: «abc-def-123»",
            "password=\"«cut off here",
            "user[password]=«hunter2»",
            "password => «hunter2»",
            r"password=«abc»\nuser=ann",
            "secret=«letmein»",
            "secret_key_base: «0123456789abcdef0123456789abcdef»",
            "contraseña: «hunter2»; пароль=«hunter2»",
            "?sv=2024&sig=«k3X9qW0r7MzT2a8Hv5k3X9qW0r7%3D»&se=1",
            "using password «k3X9qW0r7MzT» for it",
            "with api key «0f3a9c61d72be485»",
            "-e DB_PASSWORD «k3X9qW0r7MzT»",
            "my password is «hunter2!» and the passcode is 12",
            "la contraseña es «S3creta99».",
            "the password for the admin account is «Tr0ub4dor&3», das Kennwort für das WLAN ist «Tr0ub4dor-3x»",
            "Ocp-Apim-Subscription-Key: «0f3a9c61d72be485»",
            r#"pw: «hunter22x»; db_pw=«hunter2», {"pw":"«x y»"}, bindpw=«hunter2»"#,
            "with password \"«two words»\" for ann",
            r"passwd \'«hunter2 x»\' or token '«k3X9qW0r7MzT»'",
            "«493817» is your verification code",
            "password=&quot;«two words»&quot; and token=&quot;«k3X9qW0r7MzT»",
            "use «4938» as your login code.",
            "ldap password for cn=admin is «correct-horse-battery-staple»; new password is «MvNxNdMhGP».",
            "license key «297IE-0XN78-9DIBA-N5BDA-XCCE8» and /cb?code=«Fu0YiWUjttyhrQRC»&state=x",
            "- name: SMTP_PASSWORD\n  value: «hunter2»",
            r#"{"name":"DB_PASSWORD","value":"«x y»"}"#,
            r#"<add key="ApiKey" value="«k3X9qW0r7MzT»" />"#,
            "<password>«hunter2 x»</password><user>ann</user>",
            r#"<property name="connection.password">«hunter2»</property>"#,
            "creds=«ann:hunter2»; psk=«hunter22x», hmac_key: «hunter22x»",
            "the OTP for this login is «120692»",
            "{u'password': u'«hunter2x»', b'token': b'«k3X9qW0r7MzT»'}",
            "password=«abc::d9f» token=«MTIz::k3X9qW0r7MzT» password=«hunter(» pin_password=«Tr0ub4dor[» x",
            r#"{"name":"DB_PASSWORD","value":«49381234»}"#,
            "password => «changeme», :password=>«hunter»",
            "password: !!str «hunter2x», password: «!hunter2x» ok",
            "Your Example verification code to sign in is «120692»",
            "<password type=\"plain\">«hunter2 x»</password>, <user id=\"1\">ann</user>",
            "<dbPassword><![CDATA[«hunter<2»]]></dbPassword>",
            "<apiKey scope=\"x\">\n  <![CDATA[«hunter2»]]></apiKey>",
            "<name>fs.secret.key</name>\n <value>«hunter2x»</value>",
            "<password>\n  «hunter2x»\n</password>",
            "password: |\n  «hunter2\n  x y»\nuser: ann",
            "client_secret: >-\n    «hunter2x»",
            r#"{"value":"«hunter2x»","name":"DB_PASSWORD"},{"value":"x","name":"LEVEL"}"#,
            "<add value=\"«hunter2x»\" key=\"ApiKey\"/>",
            "passphrase: «correct horse battery staple»; x",
            "passphrase=«correct horse battery» user=ann",
            "variable \"db_password\" { default = \"«hunter2x»\" }",
            "ALTER USER app IDENTIFIED BY '«hunter2 x»'",
            "I set your password to «hunter2x», le mot de passe est «hunter2xyz12»; das Passwort lautet «Tr0ub4dor-3x»",
            "the passphrase was \"«hunter2x»\"",
            "Use «482913» to log in; enter code «4829» to verify. Ihr Code lautet «482913», le code est «482913»",
            "Your PIN is «8042», the PIN for the door is «1863»",
            "mnemonic: «copper river orbit lemon», the password is: «hunter2x»",
            r#"{"Value": "«hunter2x»", "Name": "/prod/db/PASSWORD"}"#,
            "Use «482913» as your one-time password, su código de acceso es «482913»",
            "SECRET_KEY=«/ITi0SKrNWhSqFmun47rXOIh4XicHmBvM62OAGTl»",
            "define('DB_PASSWORD', '«hunter2»');",
            r#"["./shop","--api-key","«k3X9qW0r7MzT»","--port","80"] [\"--password\", \"«hunter2»\"]"#,
            r#"[0 192.0.2.7:40211] "AUTH" "ann" "«hunter2»""#,
            r#""AUTH" "«hunter2»""#,
            "CONFIG SET requirepass \"«hunter2»\", requirepass «hunter2-x77»\n",
            "requirepass «hunter2»\nmasterauth x",
            r#"~ password = "«hunter2" -> "hunter3»" # forces replacement"#,
            "INSERT INTO keys (id, `secret`, at) VALUES (44, '«550e8400-e29b-41d4-a716-446655440000»', now())",
            "ansible_become_pass: «hunTer@34»",
            "recovery phrase: «copper river orbit lemon copper river orbit lemon copper river orbit lemon»; ok",
            "my seed phrase is «copper river orbit lemon copper river orbit lemon copper river orbit lemon».",
            "Minha senha é «hunter2x». La mia password è «hunter22». Mitt lösenord är «hunter2x». A palavra-passe é «hunter2x»",
            "I tried the code «482913» but it says expired. Il PUK è «48291377», de puk is «48291377»",
            r#"{"passwords": ["«hunter2x»", "«Winter2024»"], "user": "ann"}, passwords: [«a1b2c3», «d4e5f6»]"#,
            r#"tokens=(«x1y2z3» «q9w8e7»), apiKeys := []string{"«k3X9qW0r7MzT»", "«k3X9qW0r7MzU»"}"#,
            "passwords:\n  - «hunter2x»\n  - \"«Winter2024»\"\nuser: ann, map[password:[«hunter2x»] user:[ann]]",
            r#"[\"--token\", \"«k3X9qW0r7MzT»\"], {\"api_keys\":[\"«k3X9qW0r7MzT»\",\"[credential]\",\"«k3X9qW0r7MzU»\"]}"#,
            "args:\n  - --password\n  - «hunter2x»\n  - \"--api-key\"\n  - \"«k3X9qW0r7MzT»\"\n",
            "new password set to «hunter2x»; password for ann is now «hunter2x»; changed password from «hunter2x to hunter3x».",
            "uw code is «482913»; twój kod to «482913», «482913» es tu código",
            "I found the password «Hunter_2022» in shop.yaml. API-nyckeln «k3X9qW0r7MzT» fungerar inte",
            "<https://example.org/?a=1&token=«abc»>, password=«a>b», api_key: str = \"«hunter2X»\"",
            "password = «hunter2x», password = «correct.horse.battery», api_token: Some(\"«k3X9qW0r7MzT»\")",
            "ACCESS_TOKEN:      «k3X9qW0r7MzT_k3X9qW0r7MzT»\n",
            "spring.datasource.password -> «hunter2!» (origin: x), db.password -> «copper-river-orbit-lemon»",
            "Zugriffsschlüssel=«v9obnZ4AlBOpdMUm09», Geheimschlüssel: «k3X9qW0r7MzT»",
            "USER ann\n331 go on\nPASS «hunter2x7q»\n230 in",
            r"USER ann\r\nPASS «hunter2x7q!»\r\n230 in",
            "$c = ConvertTo-SecureString '«hunter2 x»' -AsPlainText -Force",
            "DefaultPassword REG_SZ «Hunter2022»",
            "keytool -storepass «hunter2» -keystore x.jks",
            "[OTP] generated user=ann code=«482913» ttl=300s",
            "GET /oauth/callback?code=«0.Fu0YiWUjttyhrQRC7_x9»&state=x",
            "[('password', '«hunter2 x»'), (\"api_key\", \"«k3X9qW0r7MzT»\")]",
            "Content-Disposition: form-data; name=\"password\"\r\n\r\n«hunter2 x»\r\n--x",
            r#"--x\nContent-Disposition: form-data; name=\"user_password\"\nContent-Type: text/plain\n\n«hunter2 x»\n--x"#,
        ])
        .passes_over(&[
            "password=&quot;[credential]&quot; password=[credential] password=*** password=<redacted>",
            "password=null password=true password=${VAR} password=$DB_PASSWORD",
            "password: must be at least 8 characters",
            "invalid token: expected a string",
            "PWD=/home/app",
            "compass=north bypass=1",
            "WHERE password = ? AND token = $1",
            "key=value monkey=1 primary_key: id",
            "max_tokens=100 token_type=jwt",
            "Unexpected token: <",
            "password=",
            "token: 42",
            "password reset",
            "--password --host db",
            "mysql -password -host db, rm -rf pass -pw x",
            "Failed password for invalid_user_42 from x",
            "sig=9 signature: valid",
            "[credential]=abcdef12 and [secret]: abcdef12 and [credential] = N'abcdef12'",
            "secret k8s-registry-credentials not found",
            "token expiration_1732348461",
            "token = AppToken{9f4ef63 token=Token{a64f992 x}} secret=Secret@1b6d3586",
            "the password is required, my password is wrong, password is 8 characters",
            "pw:api => page.goto, self.pw = pw, pw=12.5 npw=hunter22x pw: is wrong",
            "password \"must be set\" password '' password \"cut off here",
            "secret \"registry-credentials\" not found, unexpected token '<' and token \"abc def\"",
            "order 493817 is your newest one, 493817 is not your code",
            "the rule for the account is no1, the password for it is set, a password of 8 is short",
            "api_key=YOUR_API_KEY_HERE token=<your-token> password=your_password",
            "api_key: process.env.API_KEY, password = os.environ['DB_PASSWORD'], token=config.token",
            "image registry.example.org/secret:v11.44.29-rc.1",
            "name: LOG_LEVEL\n  value: hunter22x",
            "Settings > Change password > Done</p> and Option<password>Some",
            r#"secret="prod/registry-7d9f8b6c5d-x2x4z" ok"#,
            "the status code for it is 404, exit code for the job is 1370",
            "items.map(token => token.length) and fn f(password: Option<SecretString>)",
            "token = new Token(kind), let token = Token::new(kind), password = getpass.getpass()",
            "hmac_key: loaded, credentials: 'include', <token>valid</token>, password=accepted",
            r#"{"name":"pool.token","value":482910}"#,
            "the OTP window is 30000 ms",
            "mysql -u root -p[credential] = :name",
            "<string name=\"password\">Password</string>, <label>API key</label>",
            "\"password\": \"Your password\", \"forgot_password\": \"Forgot your password?\"",
            "private_key: /etc/ssl/private/shop.key, tls_key=./certs/shop-key.pem signing_key: C:\\keys\\shop.pfx",
            "password_file=x password: /run/secrets/db PRIVATE_KEY=~/.ssh/id_ed25519 api_key=file:///srv/api.key",
            "htpasswd: using .htpasswd, password=file:///run/secrets/x",
            "passphrase: is too short, passphrase: |, secret_key: ./shop.key",
            "<a accesskey=\"n\" href=x>, must pass `go vet`, identified by 'hunter2 x'",
            "use 4938 threads to log in, use 49 to log in, house 4938 to log in, error code 4938 to come",
            "reset your password to continue, the GPIO pin is 4938, level default = \"x\"",
            "<user type=\"x\">hunter2x</user></password>",
            "password: !vault |, password=(sensitive value), requirepass is not set",
            "recovery phrase: words missing again, seed phrase: required",
            "recovery phrase: keep the words that you wrote down here in a safe place and never show them",
            r#""AUTH" "[credential]" and ["--api-key", "--port"] and ["--password"]"#,
            "INSERT INTO keys (id, at) VALUES (44, '550e8400-e29b-41d4-a716-446655440000')",
            "define('DB_PASSWORD', '[credential]'); exited with the code 482913 again",
            "my shop é hunter2x and the password hash-algorithms in use",
            "const token = await getToken(), token = tokens[i], let password = prompt(\"x\"), secret = await vault.read('x')",
            "api_key: Optional[str] = None, password: str = Field(...), token = foo.bar.baz, this.token = token;",
            "if token == expected_token: the password is incorrect1, [--api-key KEY], loginPwd=••••••••",
            "Version=1.2.3.4, PublicKeyToken=4ba7a1d43e285792, password: {type: string}, password: vault:secret/shop/db1",
            r#"{"password":["is too short (minimum is 8 characters)","required"],"tokens":["the","end"],"password":["string","null"]}"#,
            "'password': ['required', 'min:8', 'confirmed'], tokens: [u8; 32], max_tokens=[512, 1024], tokens=[t.strip() for t in x]",
            "passwords: [***, [credential]] passwords=[[credential], [credential]] tokens=([credential] [credential]) secrets: [db-creds-1, tls-1]",
            "secrets:\n  - db-credentials\n  - tls-secret-2024\ntokens:\n  - name: x1y2z3\npassword: [REQUIRED]",
            "args:\n  - --password\n  - --host\n, [\"--no-password\", \"host1\"]",
            "password set to expire, password changed to a new one, after 482913 to log in, password from config to vault",
            "my code is 404, exit code is 1377, the password was changed from the console to v2",
            "password -> hash1(password), token -> session7, password -> digest, db.password -> db.password.old2",
            "secret projects/123/secrets/db-pass/versions/4 read, Password: (no echo)",
            "[OTP] failed user=ann code=482913, [OTP] sent, error_code=482913",
            "SAMLResponse: signature validation failed, SAMLResponse=missing",
            "USER ann\nPASS (hidden)\nPASS ****\n, tests PASS shop7x9q2w in 3 s; PASS test_login_001, --- PASS: TestPasswordReset12 (0.00s)",
            "Version REG_SZ Build19041x7, DefaultPassword REG_SZ [credential]",
            "t(\"password\", \"hunter22\") ('password', '[credential]') ('password', hunter22)",
            "Content-Disposition: form-data; name=\"password\"\r\n\r\n\r\n--x, Content-Disposition: form-data; name=\"title\"\n\nhunter2x\n--x",
        ])
    }

    fn sites(&self) -> &[Site] {
        &[
            Site::Key(ALL),
            Site::Flag,
            Site::ShortFlag,
            Site::After(NAMED),
            Site::After(OFFERS),
            Site::After(LISTS),
            Site::Prefix(CONSTANTS),
            Site::Prefix(SETTING),
            Site::Is,
        ]
    }

    fn is_cell(&self, probe: &Probe<'_>, name: usize, cell: &Range<usize>) -> bool {
        let strong = probe.key_ends_with(name, STRONG).is_some();
        let value = probe.slice(cell.clone());
        (strong || probe.key_ends_with(name, WEAK).is_some())
            && !(is_none(value, strong) || is_prose(value, strong, false) || is_code(value))
    }

    fn next(&self, probe: &Probe<'_>, list: List, end: usize) -> Option<Range<usize>> {
        probe.seek(list, list.next(probe, end)?, &|element| is_element(probe, list, element))
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        if probe.before(at) == b' ' && !matches!(probe.byte(at), b' ' | b'-' | b'=' | b':' | b'>') {
            if is_quote(probe.before(at - 1)) {
                return authenticates(probe, at);
            }
            return behind_word(probe, at).or_else(|| offered(probe, at)).or_else(|| constant(probe, at));
        }
        if probe.byte(at) == b' ' {
            return told(probe, at).or_else(|| code(probe, at));
        }
        if probe.byte(at).is_ascii_alphanumeric() {
            return constant(probe, at);
        }
        let flag = probe.byte(at) == b'-';
        // An argument of a list: `["tool", "--api-key", "…"]`.
        let mut listed = None;
        let operator = if flag {
            let word = at + 1 + usize::from(probe.byte(at + 1) == b'-');
            let end =
                probe.run_end(word, 48, |byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
            // Options of one dash and few letters mean something else with each command.
            if probe.starts_with(word, "no-") {
                return None;
            }
            listed = next_string(probe, end).or_else(|| next_line(probe, at, end));
            if probe.byte(end) != b' ' && listed.is_none() || word == at + 1 && end - word < 4 {
                return None;
            }
            end
        } else {
            at
        };
        let arrow = !flag && is_arrow(probe, operator);
        let element = probe.byte(operator) == b'>' && !arrow;
        let text = if element { Some(element_text(probe, operator)?) } else { None };
        if !flag
            && !element
            && let Some((list, first)) = list(probe, operator)
        {
            return probe.seek(list, first, &|element| is_element(probe, list, element));
        }
        let named = named_apart(probe, operator);
        let (strong, name) = match probe.key_ends_with(named.unwrap_or(operator), STRONG) {
            // The tool's own log: `htpasswd: using .htpasswd`.
            Some(("passwd", name)) if probe.ends_with_any_case(name, "ht") => return None,
            Some((_, name)) => (true, name),
            None if named.is_some() => {
                let (_, name) = probe.key_ends_with(named?, &["token", "secret"])?;
                (false, name)
            }
            None if !flag && !element && probe.key_ends_with(operator, SIGNATURES).is_some() => {
                return signature(probe, operator);
            }
            None => {
                let (word, name) = probe.key_ends_with(operator, WEAK)?;
                let inside =
                    probe.before(name).is_ascii_lowercase() && !probe.byte(name).is_ascii_uppercase();
                if inside && matches!(word, "pass" | "secret" | "pw") {
                    return None;
                }
                // The log of a test runner: `pw:api => page.goto`. A line of a program: `pw = get()`.
                let channel = probe.byte(operator) == b':' && probe.byte(operator + 1).is_ascii_lowercase();
                let assigned = probe.byte(operator) == b'=' && probe.before(operator) == b' ';
                // The tag of an image: `registry.example.org/secret:v1.2.3`.
                let tag = probe.before(name) == b'/' && probe.byte(operator) == b':';
                // What a test did: `--- PASS: TestPasswordReset`.
                let passed = word == "pass" && probe.ends_with_any_case(name, "--- ");
                if word == "pw" && (channel || assigned) || tag || passed {
                    return None;
                }
                (false, name)
            }
        };
        // The key that an assembly of .NET is signed with is public.
        if is_label_key(probe, name, operator) || probe.ends_with_any_case(name, "publickey") {
            return None;
        }
        let from = text
            .as_ref()
            .map_or_else(|| listed.unwrap_or_else(|| value_start(probe, operator)), |text| text.start);
        let quoted = !element && is_quote(probe.before(from));
        let typed = if quoted || element { None } else { typed(probe, operator, from) };
        let (from, quoted) = typed.map_or((from, quoted), |from| (from, true));
        let option = flag && probe.byte(from) == b'-';
        let directory = probe.byte(from) == b'/' && probe.slice(name..operator) == b"PWD";
        if option || directory || !quoted && probe.is_claimed(Reach::Value, from) {
            return None;
        }
        if !strong && !quoted && is_object(probe.slice(from..(from + 65).min(probe.len()))) {
            return probe.refuse("what a program prints of an object of its own");
        }
        // A quote of HTML, in text that is not opened any more.
        let html = !quoted && probe.starts_with(from, HTML_QUOTE);
        let from = if html { from + HTML_QUOTE.len() } else { from };
        let closing = if html { probe.find(from, HTML_QUOTE.as_bytes()) } else { None };
        let block = if quoted || html { None } else { block(probe, operator, from) };
        let (from, end) = match (closing, text, block) {
            (Some(end), ..) => (from, end),
            (_, Some(text), _) => (text.start, text.end),
            (.., Some(block)) => (block.start, block.end),
            _ if quoted => (from, changed_end(probe, quoted_end(probe, from))),
            _ if probe.key_ends_with(operator, SEEDS).is_some() => (from, phrase_end(probe, from, SEED)?),
            _ if probe.key_ends_with(operator, &["phrase", "mnemonic"]).is_some() => {
                (from, phrase_end(probe, from, 3).unwrap_or_else(|| unquoted_end(probe, from)))
            }
            _ => (from, unquoted_end(probe, from)),
        };
        // Of an address the part behind its user is none of the secret's.
        let user = probe.reach_back(name, 32, |byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        let host = if !quoted && probe.ends_with_any_case(user, "://") {
            memchr::memchr(b'@', probe.slice(from..end))
        } else {
            None
        };
        let end = host.map_or(end, |host| from + host);
        let value = probe.slice(from..end);
        let spaced = probe.byte(operator) == b':' && probe.byte(operator + 1) == b' ';
        // What a program computes (`password -> hash(password)`), and how secrets flow, are told in words.
        let path =
            |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.');
        let moved = || value.contains(&b'.') && value.iter().all(path);
        let flows = arrow && !quoted && (!strong || !is_odd(value) || value.contains(&b'(') || moved());
        // An assertion is a document; its name stands before words, too.
        let assertion = || probe.key_ends_with(operator, &["samlresponse"]).is_some();
        let passes = is_none(value, strong)
            || flows
            // A map, as schemes have it: `password: {type: string}`.
            || !quoted && value.len() < 32 && value.first() == Some(&b'{') && value.last() == Some(&b':')
            || strong && value.len() < 64 && assertion()
            || !quoted && (is_prose(value, strong, spaced) || is_code(value))
            // A key of the keyboard, in HTML.
            || value.len() == 1 && probe.key_ends_with(operator, &["accesskey"]).is_some()
            || !quoted && !element && is_program(probe, operator, strong, &(from..end))
            || named.is_some() && !strong && !quoted && is_number(value);
        if passes {
            return probe.refuse("its name speaks of a secret, but this is a placeholder or prose");
        }
        probe.claim(Reach::Value, &(from..end));
        Some(from..end)
    }
}

/// Whether a key is a label of ours that happens to stand before an operator: `user[password]=` has a name before its bracket, and
/// `-p[credential]` an option.
#[inline(never)] // asked in several places
fn is_label_key(probe: &Probe<'_>, name: usize, operator: usize) -> bool {
    probe.before(name) == b'[' && probe.slice(name..operator).contains(&b']') && {
        let word = probe.reach_back(name - 1, 24, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        word == name - 1 || probe.before(word) == b'-'
    }
}

/// Whether an operator is an arrow between blanks, as tools print settings: `spring.datasource.password -> x`.
fn is_arrow(probe: &Probe<'_>, operator: usize) -> bool {
    operator.checked_sub(2).is_some_and(|from| probe.starts_with(from, " -> "))
}

/// Whether a value is none, quoted or not, though its name speaks of a secret: what stands for one, a state, a label, a file; behind a name
/// that may mean other things, what it names then, or a count.
fn is_none(value: &[u8], strong: bool) -> bool {
    let counts = || value.len() < 6 && value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    is_placeholder(value)
        || is_state(value)
        || is_label(value)
        || is_file(value)
        || is_reference(value)
        || !strong && (is_resource(value) || counts())
}

/// What is known of the key of a list: its name means a secret whatever it looks like, and several of them.
const STRONG_LIST: u8 = 1;
const PLURAL_LIST: u8 = 2;

/// The list behind a name of secrets, and its first element.
#[inline(never)] // few values begin so
fn list(probe: &Probe<'_>, operator: usize) -> Option<(List, Range<usize>)> {
    let from = value_start(probe, operator);
    if !List::may_open(probe.byte(from)) || is_quote(probe.before(from)) {
        return None;
    }
    let named = |end: usize| match probe.key_ends_with(end, STRONG) {
        Some((_, name)) => Some((STRONG_LIST, name)),
        None => probe.key_ends_with(end, WEAK).map(|(_, name)| (0, name)),
    };
    let end = probe.reach_back(operator, 4, super::sites::between_key_and_operator);
    let several = || {
        let one = end.checked_sub(1).filter(|_| matches!(probe.before(end), b's' | b'S'))?;
        named(one).map(|(key, name)| (key | PLURAL_LIST, name))
    };
    let (key, name) = named(operator).or_else(several)?;
    let inside = probe.before(name).is_ascii_lowercase() && !probe.byte(name).is_ascii_uppercase();
    if inside && key & STRONG_LIST == 0 || is_label_key(probe, name, operator) {
        return None;
    }
    let (mut list, first) = List::behind(probe, operator, from)?;
    list.key = key;
    Some((list, first))
}

/// Whether an element of a list behind a name of secrets is one. Lists hold what is said of a secret as well (`"password": ["is too
/// short"]`, `"tokens": ["the", "end"]`), so that it must look like one: where several are spoken of, by having no blank; else by
/// letters with digits or marks; behind a name that means other things, too, as drawn at random.
#[inline(never)] // asked in several places
fn is_element(probe: &Probe<'_>, list: List, element: &Range<usize>) -> bool {
    let value = probe.slice(element.clone());
    let any = |belongs: fn(&u8) -> bool| value.iter().any(belongs);
    let strong = list.key & STRONG_LIST != 0;
    // A rule of a form (`min:8`), a place in memory, a name with a number, a call or a type.
    let digits = value.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (head, _) = value.split_at(value.len() - digits);
    let numbered = digits > 0 && head.iter().all(|byte| byte.is_ascii_alphabetic() || b"-_.:".contains(byte));
    let odd = |byte: &u8| byte.is_ascii_digit() || b"!@#$%^&*+?".contains(byte);
    let plain = value.len() < 4
        || any(|byte| *byte <= b' ' || b"(){}<>[]|;".contains(byte))
        || value.starts_with(b"0x")
        || is_none(value, strong)
        || is_prose(value, strong, false);
    let several = list.key & PLURAL_LIST != 0 && list.is_quoted();
    let drawn = || {
        let divided = any(|byte| b"-_./:".contains(byte));
        super::tokens::is_random(value)
            && if divided { value.len() >= 20 && !super::tokens::is_uuid(value) } else { value.len() >= 6 }
    };
    let told = if !strong {
        !numbered && drawn()
    } else if several {
        any(u8::is_ascii_alphabetic) || value.len() >= 6
    } else {
        any(u8::is_ascii_alphabetic) && value.iter().any(odd) && !(numbered && head.ends_with(b":"))
    };
    !plain && told
}

/// Where the name ends that a pair of its own gives to the `value` before an operator: before it, or behind if that one is secret.
fn named_apart(probe: &Probe<'_>, operator: usize) -> Option<usize> {
    let before = named_before(probe, operator);
    let secret = |name: &usize| probe.key_ends_with(*name, ALL).is_some();
    match before.filter(secret) {
        None => named_behind(probe, operator).filter(secret).or(before),
        before => before,
    }
}

/// Where the name ends that a pair of its own gives to the `value` before an operator: `name: DB_PASSWORD, value: …`. It is the
/// word right before, but for the tag that closes it: `<name>DB_PASSWORD</name><value>…`.
#[inline(never)] // asked in several places
pub(super) fn named_before(probe: &Probe<'_>, operator: usize) -> Option<usize> {
    let (_, key) = probe.key_ends_with(operator, &["value", "default"])?;
    let divides = |byte: u8| !byte.is_ascii_alphanumeric() && !matches!(byte, b'}' | b']' | b'=');
    let mut end = probe.reach_back(key, 24, divides);
    if probe.byte(end) == b'>' {
        let tag = probe.reach_back(end, 16, |byte| byte.is_ascii_alphabetic());
        end = if probe.before(tag) == b'/' { probe.reach_back(tag, 2, divides) } else { end };
    }
    (end < key || probe.byte(key).is_ascii_uppercase()).then_some(end)
}

/// The same where the name stands behind the value: `{"value": "…", "name": "DB_PASSWORD"}`.
fn named_behind(probe: &Probe<'_>, operator: usize) -> Option<usize> {
    const NAMES: &str = " name key ";
    probe.key_ends_with(operator, &["value"])?;
    let from = value_start(probe, operator);
    let quote = probe.before(from);
    let end = probe.run_end(from, 256, |byte| {
        if is_quote(quote) {
            byte != quote && byte != b'\n'
        } else {
            byte > b' ' && !matches!(byte, b',' | b'}')
        }
    });
    let divides = |byte: u8| matches!(byte, b' ' | b'"' | b'\'' | b',' | b'\n' | b'\r' | b'\\');
    let key = probe.reach(end, 24, divides);
    let key_end = probe.reach(key, 5, |byte| byte.is_ascii_alphabetic());
    let operator = probe.reach(key_end, 4, divides);
    if end == from || key == end || !super::is_listed(probe.slice(key..key_end), NAMES) {
        return None;
    }
    let name = matches!(probe.byte(operator), b':' | b'=').then(|| value_start(probe, operator))?;
    Some(
        probe.reach(name, 64, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/')
        }),
    )
}

/// The text of an element whose tag ends in a name or is called by one: `<password>…</password>`, `<property name="password">…`. Of
/// one whose tag says more behind its name the tag that closes it tells the name: `<password type="plain">…</password>`.
#[inline(never)] // asked in several places
pub(super) fn element_text(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 512;
    const RAW: &str = "<![CDATA[";
    let tag = probe.reach_back(at, 64, |byte| !matches!(byte, b'<' | b'>' | b'\n'));
    if probe.before(tag) != b'<' {
        return None;
    }
    let mut from = at + 1;
    if probe.byte(tag) == b'/' {
        // Its name, in the tag that the text before it begins behind.
        let name = probe.slice(tag + 1..at);
        from = probe.reach_back(tag - 1, LONGEST, |byte| byte != b'>');
        if probe.slice(from.saturating_sub(3)..from) == b"]]>" {
            from = probe.reach_back(from - 1, LONGEST, |byte| byte != b'>');
        }
        let opening = probe.reach_back(from.checked_sub(1)?, LONGEST, |byte| byte != b'<' && byte != b'>');
        let called = probe.slice(opening..opening + name.len()) == name;
        if probe.before(from) != b'>'
            || probe.before(opening) != b'<'
            || !called
            || !probe.byte(opening + name.len()).is_ascii_whitespace()
        {
            return None;
        }
    } else if !probe.byte(tag).is_ascii_alphabetic() {
        return None;
    }
    let blank = |byte: u8| byte.is_ascii_whitespace();
    from = probe.reach(from, 32, blank);
    if probe.starts_with(from, RAW) {
        from += RAW.len();
        let rest = probe.slice(from..(from + LONGEST).min(probe.len()));
        probe.count(LONGEST);
        return memchr::memmem::find(rest, b"]]>").map(|length| from..from + length);
    }
    let end = probe.reach(from, LONGEST, |byte| byte != b'<' && byte != b'\n');
    let tag = probe.reach(end, 32, blank);
    let end = probe.reach_back(end, end - from, blank);
    probe.starts_with(tag, "</").then_some(from..end)
}

/// A block of YAML behind its mark: the lines behind that are set in.
fn block(probe: &Probe<'_>, operator: usize, from: usize) -> Option<Range<usize>> {
    let mark = probe.reach(from, 3, |byte| matches!(byte, b'|' | b'>' | b'-' | b'+'));
    let line = probe.reach(mark, 1, |byte| byte == b'\r');
    if probe.byte(operator) != b':' || mark == from || probe.byte(line) != b'\n' {
        return None;
    }
    let blank = |byte: u8| byte == b' ';
    let start = probe.reach(line + 1, 64, blank);
    let indent = start - line - 1;
    let mut end = start;
    if indent == 0 {
        return None;
    }
    loop {
        end = probe.reach(end, usize::MAX, |byte| byte != b'\n');
        let next = probe.reach(end + 1, indent, blank);
        if next - end - 1 < indent || next >= probe.len() {
            break;
        }
        end = next;
    }
    (end > start).then_some(start..end)
}

/// Where the string begins that follows, in a list, the one that ends at a place: `"--api-key", "…"`.
#[inline(never)] // asked in several places
pub(super) fn next_string(probe: &Probe<'_>, end: usize) -> Option<usize> {
    let quote = probe.reach(end, 4, |byte| byte == b'\\');
    let next = probe.reach(quote + 1, 24, |byte| matches!(byte, b',' | b' ' | b'\n' | b'\r' | b'\t' | b'\\'));
    let follows = is_quote(probe.byte(quote)) && next > quote + 1 && probe.byte(next) == probe.byte(quote);
    follows.then_some(next + 1)
}

/// Where the value begins on the next line of a list of YAML, behind an option that stands on one: `- --api-key`, `- …`.
#[inline(never)] // few options stand so
fn next_line(probe: &Probe<'_>, option: usize, end: usize) -> Option<usize> {
    let first = option - usize::from(is_quote(probe.before(option)));
    let behind = end + usize::from(is_quote(probe.byte(end)));
    let line = probe.reach(behind, 2, |byte| matches!(byte, b'\n' | b'\r'));
    let dash = probe.reach(line, 64, |byte| byte == b' ');
    let follows = line > behind
        && probe.starts_with(dash, "- ")
        && probe.slice(first.saturating_sub(2)..first) == b"- ";
    follows.then(|| dash + 2 + usize::from(is_quote(probe.byte(dash + 2))))
}

/// One past the inside of a string whose closing quote stands at `end`, or of the one that a plan of changes puts in its place:
/// `"old" -> "new"`. Both are one finding: what is between them is no secret, but nothing without them.
fn changed_end(probe: &Probe<'_>, end: usize) -> usize {
    let quote = probe.reach(end, 4, |byte| byte == b'\\');
    let next = probe.reach(quote + 5, 4, |byte| byte == b'\\');
    let changed = probe.starts_with(quote + 1, " -> ") && probe.byte(next) == probe.byte(quote);
    if changed { quoted_end(probe, next + 1) } else { end }
}

/// The value of a constant whose name begins at a place, or of a setting that is a line of its own.
fn constant(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    if let Some(setting) = SETTING.iter().find(|setting| probe.starts_with(at, setting)) {
        let from = at + setting.len();
        let end =
            probe.reach(from, 128, |byte| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b','));
        let value = probe.slice(from..end);
        let line = matches!(probe.before(at), 0 | b'\n') && matches!(probe.byte(end), 0 | b'\n' | b'\r');
        let digit = value.iter().any(u8::is_ascii_digit);
        return ((line || digit) && !is_placeholder(value) && !is_prose(value, true, false))
            .then_some(from..end);
    }
    let quote = probe.before(at);
    let end = probe.reach(at, 48, |byte| byte.is_ascii_uppercase() || byte == b'_');
    if !is_quote(quote) || probe.byte(end) != quote || !probe.has_before(at, 16, &["define"]) {
        return None;
    }
    probe.key_ends_with(end, STRONG).or_else(|| probe.key_ends_with(end, &["key"]))?;
    string_at(probe, next_string(probe, end)?)
}

/// The inside of a string that begins at a place, if it is no placeholder.
#[inline(never)] // asked in several places
fn string_at(probe: &Probe<'_>, from: usize) -> Option<Range<usize>> {
    let end = quoted_end(probe, from);
    (!is_placeholder(probe.slice(from..end))).then_some(from..end)
}

/// The password of a command of Redis as its monitor prints it, behind a name or alone: `"AUTH" "ann" "…"`.
fn authenticates(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    if probe.byte(at) != b'"' || !probe.ends_with_any_case(at - 2, "\"auth") {
        return None;
    }
    let first = string_at(probe, at + 1)?;
    match next_string(probe, first.end) {
        Some(second) => string_at(probe, second),
        None => Some(first),
    }
}

/// Words that stand before a secret with nothing but a space between.
const NAMED: &[&str] = &[
    "requirepass",
    "masterauth",
    "api-key",
    "api-schlüssel",
    "api-sleutel",
    "api-nyckel",
    "api-nyckeln",
    "chave de api",
    "clave de api",
    "clé api",
    "clé d'api",
    "clé d’api",
    "chiave api",
    "klucz api",
    "password",
    "passwd",
    "passwort",
    "token",
    "secret",
    "apikey",
    "api key",
    "access key",
    "api_key",
    "license key",
    "pass",
    "passphrase",
    "identified by",
    "password from",
    "convertto-securestring",
    "securestring -string",
    "reg_sz",
];

/// Words that offer a code. Not `enter`: it ends like `after`, which stands before numbers in every other line.
const OFFERS: &[&str] = &["use", "code", "lautet", "ist", "est", "was", "luidt", "brzmi", "lyder"];

/// A quote where text was made HTML.
const HTML_QUOTE: &str = "&quot;";

/// Whether a word is a setting of Redis, whose value is a password whatever it looks like.
fn is_setting(word: &str) -> bool {
    matches!(word, "requirepass" | "masterauth")
}

/// What is drawn at random, right behind a word for secrets; behind a word for passwords also what stands in quotes.
fn behind_word(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let end = at.saturating_sub(1);
    // Few of them end like a word that stands there.
    let last = probe.before(end).to_ascii_lowercase();
    let told = |word: &&&str| word.as_bytes().last() == Some(&last) && probe.ends_with_any_case(end, word);
    let word = NAMED.iter().find(told)?;
    // In capitals it is a command, or what a test did.
    if probe.slice(end - word.len()..end) == b"PASS" {
        return sent(probe, end - word.len(), at);
    }
    if probe.before(at - 1 - word.len()).is_ascii_alphanumeric() {
        return None;
    }
    // A value of the registry, behind its name and its type.
    if *word == "reg_sz" {
        probe.key_ends_with(end - word.len(), STRONG)?;
        let end = probe.reach(at, 128, |byte| byte > b' ' && !matches!(byte, b'"' | b'\\'));
        let value = probe.slice(at..end);
        return (!is_none(value, true)).then_some(at..end);
    }
    let quote = probe.run_end(at, 8, |byte| byte == b'\\');
    let at = if is_quote(probe.byte(quote)) { quote + 1 } else { at };
    // `pass` is a verb, too, and things are identified by something; a user by a secret.
    let told = match *word {
        "pass" => false,
        "identified by" => probe.has_before(at, 64, &["user", "grant"]),
        "convertto-securestring" | "securestring -string" => true,
        word => word.starts_with("pass") || is_setting(word),
    };
    if at > quote && told {
        let end = quoted_end(probe, at);
        let value = probe.slice(at..end);
        let first = value.split(|byte| *byte == b' ').next().unwrap_or(&[]);
        let closed = matches!(probe.byte(end), b'\\' | b'"' | b'\'' | b'`');
        return (closed && !is_placeholder(value) && !is_prose(first, true, false)).then_some(at..end);
    }
    let end = probe.run_end(at, 256, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'/' | b'=' | b'~')
    });
    let end = probe.run_start(end, 1, |byte| byte == b'.').max(at);
    let value = probe.slice(at..end);
    if word.ends_with(" from") {
        return changed(probe, at);
    }
    let ids = super::tokens::is_uuid(value) && *word == "token" || word.ends_with(" by");
    // What somebody chose, where one password is spoken of; and what a setting says.
    let any = |belongs: fn(&u8) -> bool| value.iter().any(belongs);
    let chosen = told
        && any(u8::is_ascii_digit)
        && any(u8::is_ascii_uppercase)
        && any(u8::is_ascii_lowercase)
        && probe.ends_with_any_case(at - 1 - word.len(), "the ");
    let set = is_setting(word);
    (value.len() >= 11
        && !ids
        && (super::tokens::is_random(value) || chosen || set)
        && !is_resource(value)
        && !is_placeholder(value))
    .then_some(at..end)
}

/// What a password was changed from, with what it was changed to: `… password from hunter2x to hunter3x`.
fn changed(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    let word = |at: usize| {
        let end =
            probe.reach(at, 64, |byte| byte > b' ' && !matches!(byte, b',' | b'"' | b'\'' | b'`' | b')'));
        at..probe.reach_back(end, 1, |byte| byte == b'.')
    };
    let odd = |span: &Range<usize>| {
        let value = probe.slice(span.clone());
        value.len() >= 5 && value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic)
    };
    let first = word(at);
    let second = word(first.end + " to ".len());
    (odd(&first) && probe.starts_with(first.end, " to ") && odd(&second)).then_some(at..second.end)
}

/// The password that a client sends behind its name (RFC 959, RFC 1939): `USER ann`, then `PASS x` at the beginning of a line or behind
/// a mark of who speaks. The rest of the line is the password.
#[inline(never)] // once in a while
fn sent(probe: &Probe<'_>, word: usize, at: usize) -> Option<Range<usize>> {
    let line = match probe.before(word) {
        0 | b'\n' => true,
        // An escaped line break.
        b'n' => probe.before(word - 1) == b'\\',
        b' ' => matches!(probe.before(word - 1), b'>' | b':' | b'-' | b']'),
        _ => false,
    };
    if !line || probe.byte(at) == b'(' || !probe.has_before(word, 160, &["user"]) {
        return None;
    }
    let end = probe.reach(at, 128, |byte| byte > b' ' && !matches!(byte, b'"' | b'\\'));
    let value = probe.slice(at..end);
    (matches!(probe.byte(end), 0 | b'\r' | b'\n' | b'"' | b'\\') && !is_none(value, true)).then_some(at..end)
}

/// Words for secrets behind which a few others may stand before what they are: `the password for the account is …`.
const SPOKEN: &[&str] = &[
    "password",
    "passwort",
    "passphrase",
    "kennwort",
    "wachtwoord",
    "lösenord",
    "contraseña",
    "senha",
    "hasło",
    "parola",
    "mot de passe",
];

/// What such words go on with.
const GOES_ON: &str = " for of to für de do van voor per till dla para pour set changed reset updated ";

/// A secret that somebody tells: `my password is hunter2`. Only what no sentence goes on with.
#[inline(never)] // asked in several places
fn told(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const VERBS: [&str; 13] = [
        " is ", " es ", " to ", " ist ", " est ", " was ", " lautet ", " é ", " è ", " är ", " luidt ",
        " brzmi ", " lyder ",
    ];
    let verb = VERBS.iter().find(|verb| probe.starts_with(at, verb))?;
    if probe.key_ends_with(at, SEEDS).is_some() {
        let from = at + verb.len();
        return phrase_end(probe, from, SEED).map(|end| from..end);
    }
    if probe.key_ends_with(at, STRONG).is_none() {
        // `the password for the account is …`: a word for secrets with a few words behind it.
        if !probe.has_before(at, 40, SPOKEN) {
            return None;
        }
        let clause = probe.reach_back(at, 40, |byte| {
            byte.is_ascii_alphanumeric() || !byte.is_ascii() || matches!(byte, b' ' | b'-' | b'_' | b'=')
        });
        let named = |at: usize| SPOKEN.iter().any(|word| probe.ends_with_any_case(at, word));
        let goes_on = |at: &usize| {
            let end = probe.reach(at + 1, 6, |byte| byte > b' ');
            super::is_listed(probe.slice(at + 1..end), GOES_ON)
        };
        (clause..at).filter(|at| probe.byte(*at) == b' ').filter(|at| named(*at)).find(goes_on)?;
    }
    const NOW: [&str; 3] = ["now ", "jetzt ", "nun "];
    let from = at + verb.len();
    let from = from + NOW.iter().find(|now| probe.starts_with(from, now)).map_or(0, |now| now.len());
    let from = from + usize::from(is_quote(probe.byte(from)));
    let end =
        probe.reach(from, 128, |byte| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`' | b',' | b')'));
    let end = probe.reach_back(end, 2, |byte| matches!(byte, b'.' | b';')).max(from);
    let value = probe.slice(from..end);
    (is_odd(value) && !is_placeholder(value)).then_some(from..end)
}

/// Whether a value is what no sentence goes on with: letters with digits or marks, a phrase of several words with dashes, or
/// letters that change their case all the time.
#[inline(never)] // asked in several places
fn is_odd(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    // What is said of it, with the mark of a note or try behind: `is incorrect1`.
    let said = value.get(..letters).unwrap_or(&[]);
    if letters + digits == value.len() && digits < 3 && (is_prose(said, true, false) || is_state(said)) {
        return false;
    }
    // A phrase of several words is a password, and so are letters that change their case all the time.
    let phrase = value.iter().filter(|byte| **byte == b'-').count() >= 3;
    let mixed = |pair: &[u8]| matches!(pair, [a, b] if a.is_ascii_lowercase() != b.is_ascii_lowercase());
    let drawn = value.windows(2).filter(|pair| mixed(pair)).count() * 2 >= value.len();
    let drawn = drawn || super::tokens::is_random(value);
    let odd = digits > 0 || phrase || drawn || value.iter().any(|byte| b"!@#$%^&*+?".contains(byte));
    value.len() >= 5 && letters > 0 && odd
}

/// What tells that something is something, in the languages in which that is a word of one or two letters.
pub(super) const IS: [&str; 6] = [" is ", " es ", " é ", " è ", " är ", " to "];

/// A code that logs somebody in: behind the words that say so with a few words between (`the OTP for this login is 120692`), or
/// before them: `493817 is your code`, `use 493817 as your login code`.
fn code(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const CODES: [&str; 8] = ["code", "otp", "pin", "passcode", "password", "código", "codice", "kod"];
    if let Some(verb) = IS.iter().find(|verb| probe.starts_with(at, verb)) {
        let from = at + verb.len();
        let end = probe.reach(from, 9, |byte| byte.is_ascii_digit());
        if (4..=8).contains(&(end - from))
            && !probe.byte(end).is_ascii_alphanumeric()
            && !probe.is_measure(end)
        {
            const SAYS_SO: &[&str] = &[
                "otp.",
                "one-time",
                "one time",
                "passcode",
                "verification code",
                "login code",
                "security code",
                "access code",
                "authentication code",
                "confirmation code",
                "sign-in code",
                "2fa",
                "your pin",
                "my pin",
                "pin for",
                "pin code",
                "uw code",
                "je code",
                "jouw code",
                "mijn code",
                "tu código",
                "su código",
                "mi código",
                "seu código",
                "teu código",
                "meu código",
                "tuo codice",
                "suo codice",
                "mio codice",
                "din kod",
                "min kod",
                "twój kod",
                "mój kod",
                "código de verif",
                "código de conf",
                "código de acc",
                "código de seg",
                "codigo de verif",
                "codice di verif",
                "codice di conf",
                "codice di acc",
                "codice di sic",
                "codice otp",
                "puk",
                "verificatiec",
                "engångsk",
                "verifieringsk",
            ];
            return probe.has_before(at, 48, SAYS_SO).then_some(from..end);
        }
    }
    let from = probe.reach_back(at, 9, |byte| byte.is_ascii_digit());
    if !(4..=8).contains(&(at - from)) || probe.before(from).is_ascii_alphanumeric() {
        return None;
    }
    const YOURS: [&str; 7] =
        [" is your ", " as your ", " es tu ", " es su ", " é o seu ", " è il tuo ", " är din "];
    let yours = at + YOURS.iter().find(|yours| probe.starts_with(at, yours))?.len();
    let words = yours..probe.reach(yours, 40, |byte| {
        byte.is_ascii_alphanumeric() || !byte.is_ascii() || matches!(byte, b' ' | b'-')
    });
    let is_code = |word: &[u8]| CODES.iter().any(|code| word.eq_ignore_ascii_case(code.as_bytes()));
    probe.slice(words).split(|byte| *byte == b' ').any(is_code).then_some(from..at)
}

/// A code between a word that offers it and what it is for: `use 482913 to log in`, `enter code 4829 to verify`. Behind a verb
/// that is no site of its own, what somebody tells.
fn offered(probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
    const FOR: [&str; 11] = [
        " to log in",
        " to login",
        " to sign in",
        " to sign-in",
        " to verify",
        " to confirm",
        " to complete",
        " to reset",
        " to authenticate",
        " to access",
        " to unlock",
    ];
    // In French a code is of an error, a product or a place as well.
    const SAYS_SO: &[&str] = &[
        "bestätigungsc",
        "sicherheitsc",
        "verifizierungsc",
        "zugangsc",
        "einmal",
        "ihr code",
        "dein code",
        "mein code",
        "votre code",
        "ton code",
        "mon code",
        "uw code",
        "je code",
        "mijn code",
        "din kod",
        "min kod",
        "twój kod",
        "mój kod",
        "verificatiec",
        "code de v",
        "code de sécurité",
        "code de connexion",
        "code de confirmation",
        "code d'accès",
        "code sms",
        "code secret",
        "code confidentiel",
        "code à usage",
        "kod weryf",
        "kod pot",
        "kod dost",
        "pin.",
        "tan.",
        "puk",
        "pukk",
        "otp.",
    ];
    const FAILS: &[&str] = &["expired", "verification", "verify", "one-time", "sms.", "2fa"];
    let word = OFFERS.iter().find(|word| probe.ends_with_any_case(at - 1, word))?;
    let end = probe.reach(at, 9, |byte| byte.is_ascii_digit());
    let offers = matches!(*word, "use" | "code");
    let offered = if offers {
        FOR.iter().any(|purpose| probe.starts_with(end, purpose))
            || probe.ends_with_any_case(at - 1, "the code") && probe.near(&(at..end), FAILS)
    } else {
        probe.has_before(at, 48, SAYS_SO)
    };
    let word_start = at - 1 - word.len();
    let code = offered
        && (4..=8).contains(&(end - at))
        && !probe.byte(end).is_ascii_alphanumeric()
        && !probe.before(word_start).is_ascii_alphanumeric();
    if code { Some(at..end) } else { told(probe, word_start.checked_sub(1).filter(|_| !offers)?) }
}

/// The signature of a signed URL: a long random parameter.
fn signature(probe: &Probe<'_>, operator: usize) -> Option<Range<usize>> {
    let from = operator + 1;
    let end = probe.run_end(from, 1024, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'%' | b'-' | b'_' | b'+' | b'/' | b'~' | b'.')
    });
    let end = probe.run_start(end, 1, |byte| byte == b'.').max(from);
    // Padding only: another `sig=` inside would be gone through again.
    let end = probe.run_end(end, 2, |byte| byte == b'=');
    let value = probe.slice(from..end);
    let word =
        probe.run_start(operator, 24, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let parameter =
        probe.byte(operator) == b'=' && matches!(probe.before(word), b'?' | b'&' | b' ' | b'"' | b'\'' | 0);
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    // A code that was sent, where one is spoken of: `[OTP] generated user=ann code=482913`.
    if digits == value.len() && (6..=8).contains(&digits) && probe.slice(word..operator) == b"code" {
        const MADE: &[&str] = &["generated", "sent", "issued", "created"];
        let told = probe.has_before(word, 48, &["otp.", "one-time", "2fa.", "mfa."]);
        return (told && probe.has_before(word, 48, MADE)).then_some(from..end);
    }
    let drawn = value.len() >= 20 && digits >= 2 || value.len() >= 16 && super::tokens::is_random(value);
    (parameter && drawn).then_some(from..end)
}

/// How many words a wallet is restored from at least (BIP 39).
const SEED: usize = 12;

/// One past a phrase of words without quotes: so many small ones at least, up to the end or a mark. One word is a word.
#[inline(never)] // asked in several places
fn phrase_end(probe: &Probe<'_>, from: usize, least: usize) -> Option<usize> {
    const MOST: usize = 24;
    let mut end = from;
    for count in 0..MOST {
        let word = if count == 0 { from } else { end + 1 };
        let next = probe.reach(word, 16, |byte| byte.is_ascii_lowercase());
        // The words of that list have three to eight letters.
        let listed = least < SEED || (3..=8).contains(&(next - word));
        if next < word + 2
            || !listed
            || count > 0 && probe.byte(end) != b' '
            || matches!(probe.byte(next), b'=' | b':')
        {
            break;
        }
        end = next;
    }
    let words = probe.slice(from..end).iter().filter(|byte| **byte == b' ').count() + 1;
    let whole = !probe.byte(end).is_ascii_alphanumeric();
    let first = probe.slice(from..end).split(|byte| *byte == b' ').next().unwrap_or(&[]);
    (words >= least && whole && (least == SEED || !is_prose(first, true, false))).then_some(end)
}

/// Where the value after an operator begins: behind `=`, `:`, `=>`, `:=` and blanks; a quote is not skipped unless the
/// value is quoted: then the byte before the result is that quote.
pub(super) fn value_start(probe: &Probe<'_>, operator: usize) -> usize {
    let from = probe.run_end(operator, 3, |byte| matches!(byte, b'=' | b':' | b'>'));
    // Settings are printed in columns, too.
    let blanks = |from: usize| probe.run_end(from, 8, |byte| byte == b' ' || byte == b'\t');
    let mut from = blanks(from);
    // What may be missing, as Rust and Haskell print it.
    if let Some(maker) = ["Some(", "Just "].into_iter().find(|maker| probe.starts_with(from, maker)) {
        from += maker.len();
    }
    // A tag of YAML before the value: `password: !!str x`. A secret may begin with one mark, hardly with two and a word.
    if probe.starts_with(from, "!!") {
        let tag = probe.run_end(from + 2, 12, |byte| byte.is_ascii_lowercase());
        if blanks(tag) > tag {
            from = blanks(tag);
        }
    }
    // A letter that says what kind of string follows: `u'x'`, `b"x"`.
    if matches!(probe.byte(from) | 0x20, b'u' | b'b' | b'r' | b'f') && is_quote(probe.byte(from + 1)) {
        from += 1;
    }
    // An opening quote, with as many backslashes as the text is escaped.
    let quote = probe.run_end(from, 8, |byte| byte == b'\\');
    if is_quote(probe.byte(quote)) { quote + 1 } else { from }
}

pub(super) const fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// One past a value whose opening quote stands before `from`: the next such quote with as few backslashes before it,
/// or the end of the line if the text was cut off.
#[inline(never)] // long, and asked in several places
pub(super) fn quoted_end(probe: &Probe<'_>, from: usize) -> usize {
    let quote = probe.before(from);
    let escapes = |at: usize| at - probe.run_start(at, 16, |byte| byte == b'\\');
    let level = escapes(from - 1);
    let mut at = from;
    loop {
        at = probe.run_end(at, usize::MAX, |byte| byte != quote && byte != b'\n');
        if probe.byte(at) != quote {
            return at;
        }
        let here = escapes(at).min(at - from);
        if here <= level {
            return at - here;
        }
        at += 1;
    }
}

/// One past an unquoted value. Separators end it only where something begins behind them that is not the value.
#[inline(never)] // asked in several places
fn unquoted_end(probe: &Probe<'_>, from: usize) -> usize {
    let mut at = from;
    let mut bracketed = None;
    loop {
        at = probe.run_end(at, usize::MAX, |byte| {
            !matches!(
                byte,
                0..=b' '
                    | b'"'
                    | b'\''
                    | b'`'
                    | b'<'
                    | b'&'
                    | b','
                    | b';'
                    | b')'
                    | b']'
                    | b'}'
                    | b'|'
                    | b'\\'
                    | b'>'
            )
        });
        let next = probe.byte(at + 1);
        match probe.byte(at) {
            // The end of an address in brackets: `<https://example.org/?sig=…>`.
            b'>' => {
                if *bracketed.get_or_insert_with(|| is_bracketed(probe, from)) {
                    return at;
                }
            }
            b'&' | b',' | b';' | b'|' => {
                let key = probe.run_end(at + 1, 24, |byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
                });
                let another = key > at + 1 && matches!(probe.byte(key), b'=' | b':');
                if another || next <= b' ' || matches!(next, b'"' | b'\'') {
                    return at;
                }
            }
            b')' | b']' | b'}' if at > from => {
                if !next.is_ascii_alphanumeric() {
                    return at;
                }
            }
            b'\\' => {
                if matches!(next, b'n' | b'r' | b't' | b'"' | b'\'') {
                    return at;
                }
            }
            b')' | b']' | b'}' => {}
            _ => return at,
        }
        at += 1;
    }
}

/// Whether a value stands in an address in brackets.
#[inline(never)] // asked in several places, and of few
fn is_bracketed(probe: &Probe<'_>, from: usize) -> bool {
    let start = probe.reach_back(from, 256, |byte| byte > b' ' && !matches!(byte, b'<' | b'>' | b'"'));
    probe.before(start) == b'<' && probe.slice(start..from).windows(3).any(|mark| mark == b"://")
}

/// What programs print of their objects: `token=Token{a64f992 …`, `secret=Secret@1b6d3586`.
#[inline(never)] // asked in several places, and of few
pub(super) fn is_object(text: &[u8]) -> bool {
    let named = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$');
    let name = text.iter().take(64).take_while(|byte| named(byte)).count();
    let capital = text.iter().take(name).any(u8::is_ascii_uppercase);
    name > 2
        && match text.get(name) {
            Some(b'{' | b'(' | b'[') => true,
            // The number behind is in hex digits, and seldom short.
            Some(b'@') => {
                let hash = text.get(name + 1..).unwrap_or(&[]).iter();
                capital && hash.take_while(|byte| byte.is_ascii_hexdigit()).count() > 4
            }
            _ => false,
        }
}

/// What a program looks up somewhere: `process.env.API_KEY`, `os.environ['KEY']`, `config.token`.
#[inline(never)] // asked in several places, and of few
pub(super) fn is_code(text: &[u8]) -> bool {
    const HEADS: &str = " process os sys system env environ environment config configuration conf settings this self request req ctx \
                         context app application args options opts params props properties secrets vars var data local module values \
                         params state session credentials creds user account global ";
    let name = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (head, rest) = text.split_at_checked(name).unwrap_or((text, &[]));
    let named = |byte: &u8| {
        byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b'[' | b'(' | b'\'' | b'"' | b')' | b']')
    };
    rest.len() > 1 && rest.first() == Some(&b'.') && rest.iter().all(named) && super::is_listed(head, HEADS)
}

/// A line of a program instead of a value: a function's arrow (`token => token.length`), a type (`Option<Secret>`), a call
/// (`read_password()?`), a path (`Token::Eof`), something made (`new Token(…)`). Only names without digits, and only where the
/// bracket closes: a secret may hold a bracket or two colons.
fn is_program(probe: &Probe<'_>, operator: usize, strong: bool, span: &Range<usize>) -> bool {
    // What is passed over is looked at again by the next name in it, so only so much is.
    const LONGEST: usize = 64;
    let value = probe.slice(span.clone());
    if value.len() > LONGEST {
        return false;
    }
    let path = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b':' | b'?');
    let end = probe.byte(span.end);
    let capital = value.first().is_some_and(u8::is_ascii_uppercase);
    let open = value.iter().position(|byte| matches!(byte, b'(' | b'[')).unwrap_or(value.len());
    let (head, rest) = value.split_at_checked(open).unwrap_or((value, &[]));
    if head.len() < 3 || !head.first().is_some_and(u8::is_ascii_alphabetic) || !head.iter().all(path) {
        return false;
    }
    let scoped = head.windows(2).any(|pair| pair == b"::");
    // With blanks around, as programs are written and settings seldom.
    let assigned = probe.before(operator) == b' ' && matches!(probe.byte(operator), b'=' | b':');
    if !rest.is_empty() {
        let closes = matches!(end, b')' | b']' | b'"' | b'\'');
        // An element of a list, a type with another one in it.
        let index = rest.first() == Some(&b'[') && end == b']' && (assigned || capital || !strong);
        return closes && (rest.len() == 1 || scoped || index || head.contains(&b'.'));
    }
    let arrow = probe.byte(operator) == b'=' && probe.byte(operator + 1) == b'>';
    let inside = probe.run_end(span.end + 1, 32, |byte| byte.is_ascii_alphabetic() || b"_:&".contains(&byte));
    let generic = end == b'<' && inside > span.end + 1 && matches!(probe.byte(inside), b'>' | b'<' | b',');
    let next = probe.byte(span.end + 1);
    let made = end == b' '
        && (value == b"new" && next.is_ascii_uppercase()
            || assigned && super::is_listed(value, KEYWORDS) && next.is_ascii_alphabetic());
    // A member of something: of what may be prose anything, of a secret one that is called so.
    let last = value.rsplit(|byte| *byte == b'.').next().unwrap_or(&[]);
    let member = assigned
        && last.len() > 1
        && last.len() < value.len()
        && !value.windows(2).any(|pair| pair == b"..")
        && (!strong
            || probe.key_ends_with(span.end, STRONG).or(probe.key_ends_with(span.end, WEAK)).is_some());
    // What is compared with a name, or given to one that is called the same.
    let compared = probe.starts_with(operator, "== ");
    let same = assigned && end == b';' && probe.ends_with_any_case(operator - 1, probe.text(span.clone()));
    arrow && (!strong || head.contains(&b'.'))
        || capital && (generic || scoped)
        || made
        || member
        || compared
        || same
}

/// Words that programs begin an expression with.
const KEYWORDS: &str = " new await yield async function lambda not typeof move ";

/// Where the string begins that a typed name is given: `password: str = "…"`.
#[inline(never)] // asked in several places, and of few
fn typed(probe: &Probe<'_>, operator: usize, from: usize) -> Option<usize> {
    let end = probe.reach(from, 32, |byte| byte.is_ascii_alphabetic() || b"[]|?_.&".contains(&byte));
    let typed = probe.byte(operator) == b':' && end > from && probe.starts_with(end, " = ");
    (typed && is_quote(probe.byte(end + 3))).then_some(end + 4)
}

#[inline(never)] // asked in several places, and of few
fn is_number(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
}

/// Where a secret is kept, by the scheme of the store: `vault:secret/shop`, `op://shop/db`, `arn:aws:secretsmanager:…`.
fn is_reference(text: &[u8]) -> bool {
    const STORES: &str = " ssm vault op arn secretref sm awssm azkv keyvault doppler sops gcpsm ";
    let scheme = text.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let (scheme, rest) = text.split_at_checked(scheme).unwrap_or((text, &[]));
    rest.first() == Some(&b':') && super::is_listed(scheme, STORES)
}

/// How a resource of a cluster or a cloud is named, with what holds it: `prod/registry-7d9f8b6c5d`.
fn is_resource(text: &[u8]) -> bool {
    let label = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_lowercase)
            && part.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
    };
    if !text.contains(&b'/') {
        return false;
    }
    // A path of three parts or more may number some of them: `projects/730/secrets/db-pass/versions/4`.
    let deep = text.iter().filter(|byte| **byte == b'/').count() > 1;
    let number = |part: &[u8]| deep && !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    text.first().is_some_and(u8::is_ascii_lowercase)
        && text.split(|byte| *byte == b'/').all(|part| label(part) || number(part))
}

/// Whether a value that a pair gives to a name for secrets is surely none: a state, what a program looks up, an object without any
/// number, the status of a mail (RFC 3463), which is called as the source of data is: `dsn=4.0.0`.
#[inline(never)] // asked in several places, and of few
pub(super) fn names_no_secret(text: &[u8]) -> bool {
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let object = letters > 2
        && text.first().is_some_and(u8::is_ascii_uppercase)
        && text.get(letters) == Some(&b'{')
        && !text.iter().any(u8::is_ascii_digit);
    let status = matches!(text, [b'2' | b'4' | b'5', b'.', b'0'..=b'9', b'.', rest @ ..] if matches!(rest.len(), 1..=3) && is_number(rest));
    object || status || is_state(text) || is_code(text)
}

/// How programs say how a secret is doing, or where it comes from, in the place of one.
#[inline(never)] // asked in several places, and of few
fn is_state(text: &[u8]) -> bool {
    const STATES: &str = " enabled disabled loaded valid accepted ok cached configured rotated refreshed renewed issued granted \
                          include omit same-origin env kms vault present absent unset verified unverified required \
                          !vault (sensitive (known (redacted (hidden (no (not (none (empty (unset (unchanged (masked (omitted (removed \
                          (optional (required (same ";
    super::is_listed(text, STATES)
}

/// What a form calls a secret, in the place of one: `"password": "Your password"`, `<label>API key</label>`.
fn is_label(text: &[u8]) -> bool {
    let (mut letters, mut length) = ([0; 48], 0);
    let mut spaced = false;
    for byte in text {
        match byte {
            b' ' => spaced = true,
            b'?' | b'!' | b'.' | b':' | b'*' => {}
            byte if byte.is_ascii_alphabetic() || !byte.is_ascii() => {
                let Some(to) = letters.get_mut(length) else { return false };
                *to = byte.to_ascii_lowercase();
                length += 1;
            }
            _ => return false,
        }
    }
    let letters = letters.get(..length).unwrap_or(&[]);
    let named = |word: &&str| {
        let word = word.as_bytes();
        letters == word || spaced && (letters.starts_with(word) || letters.ends_with(word))
    };
    // In small letters it is what somebody chose.
    (spaced || !text.first().is_some_and(u8::is_ascii_lowercase)) && STRONG.iter().chain(WEAK).any(named)
}

/// Where a secret lies, in the place of one: `/etc/ssl/private/shop.key`, `C:\\keys\\shop.pfx`. Secrets may begin with a slash, too.
fn is_file(text: &[u8]) -> bool {
    if !text.iter().any(|byte| matches!(byte, b'/' | b'\\')) {
        return false;
    }
    const ENDS: &str =
        " key pem crt cer pfx p12 p8 jks pub jwk jwks der ppk asc gpg txt json yaml yml env keystore ";
    const ROOTS: &str = " etc run home var opt usr srv mnt app root tmp users secrets certs keys ssl data ";
    if matches!(text, [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic()) {
        return true;
    }
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"/\\_-.~:${}@".contains(byte);
    if !text.iter().all(part) {
        return false;
    }
    if text.starts_with(b"~/") {
        return true;
    }
    let mut parts = text.split(|byte| matches!(byte, b'/' | b'\\'));
    let here = |part: &&[u8]| {
        !(part.is_empty() || part.first() == Some(&b'.') || *part == b"~" || *part == b"file:")
    };
    let first = parts.find(here).unwrap_or(&[]);
    let last = parts.next_back().unwrap_or(first);
    let end = last.rsplit(|byte| *byte == b'.').next().unwrap_or(&[]);
    let rooted = matches!(text.first(), Some(b'/' | b'~' | b'.')) || text.starts_with(b"file:");
    end.len() < last.len() && super::is_listed(end, ENDS) || rooted && super::is_listed(first, ROOTS)
}

/// What people write after a colon when they write about secrets.
fn is_prose(text: &[u8], strong: bool, spaced: bool) -> bool {
    const WORDS: &[&str] = &[
        "must",
        "is",
        "are",
        "was",
        "not",
        "required",
        "invalid",
        "incorrect",
        "expired",
        "missing",
        "wrong",
        "reset",
        "changed",
        "failed",
        "cannot",
        "should",
        "does",
        "has",
        "too",
        "unknown",
        "for",
        "the",
        "a",
        "an",
        "no",
        "expected",
        "unexpected",
        "found",
        "revoked",
        "denied",
        "rejected",
        "string",
        "str",
        "bool",
        "optional",
    ];
    let word = text.strip_suffix(b".").or(text.strip_suffix(b",")).unwrap_or(text);
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
        || spaced && !strong && !(text.iter().any(u8::is_ascii_digit) && text.len() >= 6) && text.len() < 20
}
