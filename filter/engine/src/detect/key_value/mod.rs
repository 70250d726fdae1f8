//! Secrets by the name in front of them: `password=…`, `"api_key": "…"`, `\"token\":\"…\"`, `--password …`.
//!
//! The finding is the value alone. Labels, placeholders and the words of people writing about passwords are passed over.
//! A value that is a token of ours is found: only the caller can tell a genuine one from a copy. Leaves to its files where a value ends
//! ([`extent`]), what is none ([`none`]), and secrets without an operator before them ([`told`]), in lists ([`elements`]) and with a name
//! of their own pair ([`apart`]).

mod apart;
mod calls;
mod drawn;
mod elements;
mod extent;
mod none;
mod renewed;
mod said;
mod told;
mod words;

use super::list::List;
use super::probe::Reach;
use super::{Detector, Probe, Site, Spec, tokens};
use crate::Class;
use apart::named_apart;
pub(super) use apart::{each_name, named_before, named_elsewhere};
use calls::argument;
use core::ops::Range;
use drawn::{escaped_parameter, key, signature};
use elements::{is_element, list};
use extent::{HTML_QUOTE, SEED, block, changed, next_line, phrase_end, typed, unquoted_end};
pub(super) use extent::{MAKERS, element_text, is_quote, next_string, quoted_end, value_start};
use none::{Candidate, is_none, is_prose};
pub(super) use none::{is_code, is_object, names_no_secret};
use renewed::{issued, kept_in_vault, of_account, seed};
pub(super) use said::dumped_name;
use said::printed;
pub(super) use told::IS;
use told::{
    NAMED, OFFERS, authenticates, behind_word, beside_address, changed_pair, code, constant, offered, told,
};
use words::{ALL, ANNOUNCED, APART, ASKED, FUNCTIONS, LISTS, SEEDS, SETTING, SIGNATURES, STRONG, WEAK};

/// Words behind which a colon gives the secret that was spoken of before them.
const ACCOUNTS: &[&str] = &[
    "root",
    "admin",
    "wifi",
    "wlan",
    "vpn",
    "provided",
    "attempt",
    "supplied",
    "lautet",
    "database",
    "datenbank",
    "bazy",
    "router",
    // What is said of one behind its name.
    "temporal",
    "temporaire",
    "temporária",
    "temporaria",
    "temporanea",
    "provisoire",
    "provisória",
    "provvisoria",
    "provisional",
    "inicial",
    "iniziale",
    "initial",
    "initiale",
    "incorrecta",
    "incorreta",
    "incorrect",
    "incorrecte",
    "errata",
    "erronea",
    "inválida",
    "invalida",
    "inválido",
    "invalide",
    "actual",
    "atual",
    // Users of Elasticsearch, whose passwords it makes: `PASSWORD elastic = …`.
    "elastic",
    "kibanasystem",
    "logstashsystem",
    "beatssystem",
    "apmsystem",
    "monitoringuser",
    // Behind `password of the`, in other languages.
    "base",
    "servidor",
    "banco",
    "datos",
    "dados",
    "données",
    "donnees",
    "serveur",
    "serwera",
    "databázi",
    "databazi",
    "базы",
    "данных",
    "бд",
    "сервера",
    "почты",
    "аккаунта",
    "пользователя",
    "администратора",
    "даних",
    "databasen",
    "serveren",
    "servern",
    "kontot",
    // What happened to one, and what somebody tried.
    "exposed",
    "leaked",
    "esposta",
    "exposta",
    "expuesta",
    "filtrada",
    "exposé",
    "exposée",
    "offengelegt",
    "tried",
    "attempted",
    "entered",
    "testowej",
    "testowego",
    "produkcyjnej",
    "produkcyjnego",
    "konta",
    "panelu",
    "routera",
    "testserver",
    "mailserver",
    "webserver",
    "administrator",
    "postgres",
    "jenkins",
    "ubuntu",
    "debian",
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
            "NUGET_PAT=«4VjTkiT8KvWiRT1hGU8SrTxYVZRadJQD», snmp host=x community=«CbzUQ6Fv8VbR» oid=1, x?q=oslo&appid=«c1a2f78381a3c9b8df5b214680df27d0»",
            "HSET user:7 \"api_key\" \"«f17fef02762661a3419bad0b538eace2»\"",
            "login password=«hunter2» ok",
            r#"{"password":"«x»","user":"ann"}"#,
            r#"{\"password\":\"«p w\\\"d»\",\"a\":1}"#,
            "passwd: «hunter2»",
            "pwd=«a,b;c», next",
            "https://example.org/?api_key=«abc»&x=1",
            "X-Api-Key: «abc123»",
            "client_secret='«a b c»'",
            "mysql --password «hunter2» --host db",
            "node app.js --db.password «hunter2x»; password ?= «hunter2x»; password += \"«hunter2x»\"; char password[] = \"«hunter2x»\";",
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
            "<key>password</key>\n\t<string>«hunter2x»</string>, <tr><th>Password:</th><td>«hunter2 x»</td></tr>",
            "<member><name>password</name><value><string>«hunter2x»</string></value></member> <tr><td>Password</td><td>«hunter2x»</td></tr>",
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
            "INSERT INTO users (name, password) VALUES ('ann', '«k3X9qW0r7MzT»'), ('bo', '«k3X9qW0r7MzU»')",
            "ansible_become_pass: «hunTer@34»",
            "recovery phrase: «copper river orbit lemon copper river orbit lemon copper river orbit lemon»; ok",
            "my seed phrase is «copper river orbit lemon copper river orbit lemon copper river orbit lemon».",
            "Minha senha é «hunter2x». La mia password è «hunter22». Mitt lösenord är «hunter2x». A palavra-passe é «hunter2x»",
            "I tried the code «482913» but it says expired. Il PUK è «48291377», de puk is «48291377»",
            r#"{"passwords": ["«hunter2x»", "«Winter2024»"], "user": "ann"}, passwords: [«a1b2c3», «d4e5f6»]"#,
            r#"tokens=(«x1y2z3» «q9w8e7»), apiKeys := []string{"«k3X9qW0r7MzT»", "«k3X9qW0r7MzU»"}"#,
            "passwords:\n  - «hunter2x»\n  - \"«Winter2024»\"\nuser: ann, map[password:[«hunter2x»] user:[ann]]",
            "args: [serve, --token, «k3X9qW0r7MzT», --debug], [--password, «Tr0ub4dor-3x»]",
            "passphrase for the backup key: «Harbor1250!»",
            r#"[\"--token\", \"«k3X9qW0r7MzT»\"], {\"api_keys\":[\"«k3X9qW0r7MzT»\",\"[credential]\",\"«k3X9qW0r7MzU»\"]}"#,
            "args:\n  - --password\n  - «hunter2x»\n  - \"--api-key\"\n  - \"«k3X9qW0r7MzT»\"\n",
            "new password set to «hunter2x»; password for ann is now «hunter2x»; changed password from «hunter2x to hunter3x».",
            "uw code is «482913»; twój kod to «482913», «482913» es tu código",
            "I found the password «Hunter_2022» in shop.yaml. API-nyckeln «k3X9qW0r7MzT» fungerar inte",
            "<https://example.org/?a=1&token=«abc»>, password=«a>b», api_key: str = \"«hunter2X»\"",
            "password = «hunter2x», password = «correct.horse.battery», api_token: Some(\"«k3X9qW0r7MzT»\")",
            "CREATE LOGIN ann WITH PASSWORD = N'«k3X9qW0r7MzT»'",
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
            "signed with Credential=«AKIAIOSFODNN7EXAMPLE»/20241224/eu-central-1/s3/aws4_request",
            "?X-Amz-Credential=«AKIAIOSFODNN7EXAMPLE»%2F20250307%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=x",
            "on field 'password': rejected value [«hunter2 x»]; codes [Size.password]",
            "api_key\n  String should have at most 16 characters [type=string_too_long, input_value='«hunter2»', input_type=str]",
            r#"{"type":"string_too_short","loc":["body","password"],"msg":"x","input":"«hunter2»"}"#,
            r#"[{"code":"too_small","path":["password"],"received":"«hunter2»"}], {"value":"«hunter2»","msg":"Invalid value","param":"password"}"#,
            r#"{"Name":"/prod/shop/db_password","Type":"SecureString","Value":"«hunter2»","Version":12}"#,
            "UPDATE settings SET value = '«hunter2»' WHERE name = 'smtp_password';",
            r#"{"op":"replace","path":"/password","value":"«hunter2»"}"#,
            "DETAIL: Key (token)=(«hunter2x») already exists. Key (shop, api_key)=(7, «hunter2x») exists.",
            "[\"smtp_pass\"]=>\n  string(11) \"«hunter2»\"\n",
            "Array\n(\n    [password] => «hunter2x»\n    [token:protected] => «k3X9qW0r7MzT»\n    [secret:App\\Db:private] => «hunter2y»\n)",
            "[password] => Array\n (\n [0] => «hunter2x»\n )\n", "[\"password\"]=> array(1) { [0]=> string(8) \"«hunter2x»\" } [\"password\": Optional(\"«hunter2y»\")]",
            r#"["password":protected]=> string(8) "«hunter2x»" [\"secret\":\"App\\Db\":private]=>\n  string(8) \"«hunter2y»\""#,
            "#0 db.php(13): mysqli_connect('db.example.org', 'etl', '«hunter2»', 'hr')",
            "#1 PDO->__construct('mysql:host=db', 'etl', '«hunter2»', Array); SET PASSWORD = PASSWORD('«hunter2»')",
            r#""user"=>{"password"=>"«hunter2»", "password_confirmation"=>"«hunter2»"}"#,
            "use «Falcon8873!» as the vpn password for now; pw for the jump host is «F1AJMLl~PHn8»",
            "wachtwoord voor app_rw is nu «Winter4106_», graag",
            "Temporary password for ann@example.org: «marmot-copper-montag»",
            "SET PASSWORD FOR `ann`@`%`='«hunter2»', ACL SETUSER ann on >«hunter2» ~* +@all",
            "Use the following password to proceed to installation:\n\n«25bc857c4378e160ae16»\n\nThis",
            r"Password for the elastic user (reset with `bin/elasticsearch-reset-password -u elastic`):\n  «6rNlYvu4LtIancnKbeZk»\n",
            "connect with user reporting and password «Winter1997» and list; failed using password «Velvet-599+»",
            "You can call the CRM API with key «11c4204066238aa505d713727ff3b4b1».",
            "wifi in the office: SSID Guest, key «raven99960zog»; crypto isakmp key «aJ_d_oMwz7Kb» address 198.51.100.7",
            "snmp-server community «mon0if61g» RO, username ann privilege 15 password 7 «097F1E054A0C1B»",
            "schtasks /create /tn x /ru ann /rp «Falcon531»; cmdkey /add:x /user:ann /pass:«F4lc0n_kestrel83»",
            "EXEC sp_addlogin 'ann', '«hunter2»'; alter user ann identified by «N5Je42B9Pl2T»",
            "echo «P3pp3r-nevada1» | cryptsetup luksOpen /dev/sdb1 data",
            r#"[0 lua] "CONFIG" "SET" "requirepass" "«hunter2»""#,
            r#""db.statement":"AUTH «Cieul0-B-_gXG3»""#,
            "password changed old=«Copper1993» new=«Velvet1978~» user=ann",
            r#"<machineKey validationKey="«12FE5504F529»" decryptionKey="«F6631A278C1D»" />"#,
            "[parameters: {'username': 'ann', 'password_hash': '«$2a$10$uVH.cZ7B5YtUjvlx»'}]",
            "GET /x?tok=«a752abf639bdcfcdf02a70e9a0fde134»&fmt=csv, remember_me=«gBrDay9QvtA5uJMwJv77»; lang=it",
            "GET /x?key=«kNjkx29F6kD0c0gZ2IrW» HTTP/2, -e AZURE_STORAGE_KEY=«xzsHdq2XECJgPQyhO8HuNbfZ3Hhb7PGgXHUjNfijeOx3==» -e",
            r#""Jwt": { "Key": "«7a09ae773960b42f8cf6bbe9e80fa430»", "Issuer": "x" }"#,
            "BIND dn=x method=128 cred=«hunter2»",
            "A temporary password is generated for root@localhost: «k/dX7wqZr_+h»",
            "machine example.org login ann password «hunter2x7q»\n, [SIP] Registering 2484 with secret «sqVJYPBRYKda» at x",
            "creds -> ci-bot / «Bluebird2020!#»; creds: ann / «Hunter_22!»; the wifi password is \"«blue sky 22»\", pw is «hunter2x»",
            "IDENTIFIED WITH mysql_native_password BY '«hunter2»', the password for user \"ann\" is \"«hunter2»\"",
            "S: 334 UGFzc3dvcmQ6\nC: «V2ludGVyMTk3M0A=»\nS: 235 x",
            "Duplicate entry '«k3X9qW0r7MzT»' for key 'users.api_token', value: '«hunter2»' for column 'password' at row 1",
            "requests.get(u, auth=('ann', '«hunter2»')); using password «hunter2x7q», bindpw «hunter2x»; plink -pw «hunter2x7q» ann@host",
            "field=password old=«hunter2x» new=«hunter3x», Changed password from \"«hunter2x\" to \"hunter3x»\"",
            "IVR collect digits node=PIN value=«7326»",
            "url=https%3A%2F%2Fexample.org%2Fhook%3Ftoken%3D«UTu8JenxIWzhj775B6W4ngCqwYUpLmUUVQVa17sN»%26v%3D2",
            "[ftp] -> C: PASS «hunter2x7q»\n, echo \"«hunter2x7q»\" | docker login -u ann --password-stdin",
            "<TransactionKey>«YY6ssfzMw25Bm4vA»</TransactionKey>, erlang cookie: «UQPQUYIKUHBT»",
            "SHOP_SECRET changed, new value «k3X9qW0r7MzT» (reload in 5s), STRIPE_WEBHOOK_SECRET updated to «k3X9qW0r7MzT»",
            r#"{"passwd": {"S": "«hunter2 x»"}, "apiToken": {"S": "«k3X9qW0r7MzT»"}}, -> ovh_secret: Str(«k3X9qW0r7MzT»)"#,
            "invalid X-Vault-Token header: «k3X9qW0r7MzT-EU8ooQLQ»",
            r#"{"key": "app.plaid_secret", "value": {"stringValue": "«581fec1aa7f36a6596e0acfb4d6abd»"}}"#,
            "SMTP_PASSWORD changed from «Orange2024# to Orange2025#»; GRAFANA_PASSWORD set, value «Falcon99!!»",
            "password mismatch for usr-24410, supplied \"«silver-winter-maple-74»\"; bad password attempt: «Falcon99x»",
            "2FA seed for acct:21346: «Y3TDTLGABHT67ZON7R5I63VHZXYEW2PC», TOTP seed=«Y3TDTLGABHT67ZON7R5I63VH»",
            "user ext51, password «Monkey2023», valid; Benutzer ann, Passwort «Tiger999x»",
            "Le mot de passe provisoire est «tig3r.999». La contraseña temporal es «Tigre999x». Hasło tymczasowe to «Tygrys999»",
            "Das Passwort von Ann lautet «lgIJy~6RbTqI»; user ann, password «hzEJ#GSBtCN» and more",
            "wg set wg0 private-key <(echo «j8etwmMoOxIl04zo8+d/kumn/lMOLxJLhTDcPRFMa9M=») peer x",
            " pre-shared-key «Falcon99x»\n key-string «Falcon99y»\nenable secret 5 «$1$o7fH$f9y.9sPrQqjnyRFgobJuUT»\n",
            "Step 4/11 : ENV MIXPANEL_SECRET «k3X9qW0r7MzT2a8Hv5»\n, mollieKey: \"«k3X9qW0r7MzT2a8Hv5k3X9»\"",
            "refreshed token for ann@example.org: «4dZ-xgMX65-Gn1Z0qejELVRoLn4RHd»; new password for root: «Falcon-99x»",
            "fernet_key = «7mpN6vZP4yR//Uc3kEQMfVP/OVHmnEFIiRghPaHQzIQ=», heslo: «Falcon99x»",
            "vault kv put secret/shop value=«k3X9qW0r7MzT»; new token is «k3X9qW0r7MzT2a8Hv5»",
            "gitleaks: finding in commit d1b3b82 file prod.yaml line 99: «k3X9qW0r7MzT2a8Hv5k3X9qW0r7MzT2a8Hv5_x9»",
            "[docs](https://example.org/?token=«abcdef123»)-like, dataKey = '«k3X9qW0r7MzT2a8Hv5k3X9qW0r7MzT2a8Hv5k3X9Hv5=»'",
            "401 Unauthorized (key «k3X9qW0r7MzT2a8Hv5k3X9qW0r7MzT2a8Hv5»), they pasted their key «00k3X9qW0r7MzT2a8Hv5k3X9qW0r7MzT2a8Hv5k3_x» here",
            "api key rotated old=«f4baf018c8844ffff2358225» new=«f249ef6c16dd27feeda85e45» tenant=red, PIN change: old «8108» new «8908», PIN updated: old=«8108» new=«8908»",
            "SELECT pgp_sym_decrypt(dearmor(card), '«k3X9qW0r7MzT»'), AES_ENCRYPT('x', '«hunter2»'), EncryptByPassPhrase(N'«hunter2»', pan)",
            "Authentication failure for community \"«dragon886»\" from UDP, snmpd: bad community name '«dragon886»'",
            "define( 'AUTH_KEY', '«5dGg LS+Q,mP7(LZow4cd»' ); define('LOGGED_IN_SALT', '«5dGgLSs+Q+mP7»');",
            r#"aws_db_instance.main: password: "" => "«hunter2x»", password: "«hunter2x" => "hunter3x»""#,
            "root pw on web-40.eu-west-1.example.org reset to «kmZbVbHJ1rHPVKh», bad credentials «00k3X9qW0r7MzT2a8Hv5k3»",
            "SECRET_KEY changed, new value «d0bc%4z314b=x$+a-8j(^p)-e%7jx%b(7hz» (reload in 5s), SECRET_KEY=«8j(^p)-e%7jx%b»",
            "keytab import key=«5c3cd2d4ab77af6d57db9b2072673a6a», java -Ddata.key=«5c3cd2d4ab77af6d57db9b2072673a6a» -jar x",
            "SHOPBIRD_KEY=\"«M1rOWfPQXDGe7pFVzzLDVxEiT»\", --set env.COSMOSDB_PRIMARY_KEY=«xzsHdq2XECJgPQyhO8HuNbfZ3Hhb7PGgXHUjNfijeOx3==»",
            "Lösenordet till web-03 är «hunter2xyz», clave_api: «be905eecdbb2bf5821533fc0de30d705», Parola pentru baza este «hunter2xyz»",
            "Contraseña temporal: «Hunter22xyz», Mot de passe de la base : «Hunter22xyz», mdp: «hunter2x», heslo k webu je «Hunter2xyz99»",
            "denied for token \"«1c67d612-3f8a-4ef9-8630-e989ed67aef5»\", Using token «1c67d612-3f8a-4ef9-8630-e989ed67aef5» for x",
            "snmp-server user ann ops v3 auth sha «Gog5rVh07nq» priv aes 128 «71_HdprMOFe»",
            "< USER ann\n< PASS «hunter2x7q»\n> 530 no",
            "FTP PASS «hunter2x7q»\n230 in",
            "secretId x secretKey «ynS4WmvvdIMm7c2agEcmqtN68bscw983», old_key=«LUiJtqv3L1KtgGatOKCFJeczgc39MXRem9c8P1DU» by x",
            "key rotated: old «k3X9qW0r7MzT2a8Hv5k3» new «k3X9qW0r7MzT2a8Hv5k4»",
            "algoliasearch('K3X9Q0W7MZ', '«ac1de60c10a986eb894e89a5cd0ade9a»'), req.SetBasicAuth(\"ann\", \"«hunter2x»\"), WiFi.begin(\"x\", \"«hunter2x»\")",
            "X-Slack-Signature: v0=«0f3a9c61d72be4850f3a9c61d72be4850f3a9c61», Stripe-Signature: t=1700000000,v1=«0f3a9c61d72be4850f3a9c61d72be4850f3a9c61»",
            "HEC token «fe30db8e-ea5f-41a8-a8b6-86b837cb29ac», approle secret-id «fe30db8e-ea5f-41a8-a8b6-86b837cb29ac», rocommunity «5ZKN1o7ue1PJXc» x",
            "pd service key «d225363765b83d9646c22b92df992c5c», vault unseal key «C51grvxv36hArO6VdfVI0up13tdtSDFu7qdx313QmvH=», db.auth(\"ann\", \"«hunter2x»\")",
            "ip ospf message-digest-key 1 md5 «Hunter2xyz99!», local-user ann password cipher «Hunter2xyz!», vpn psk «Hunter2xyz»",
            "PASSWORD elastic = «4f9VSbSrBBPTIVzvEECa»\n#define WIFI_PASS \"«hunter2x»\"\n",
            "/msg NickServ identify «Hunter2xyz9», user ann pw «Hunter2xyz!» here, AUTH default «Hunter2xyz99»",
            "here is the key I use: «k3X9qW0r7MzT2a8Hv5k3X9qW0r7MzT2a8Hv5»",
            r#"{"password2":"«hunter4»","PassWord1":"«hunter3»"} new_password1=«hunter4x»&pwd2=«hunter4x»"#,
            "Unseal Key 3: «WBz//81KytEu/KFPeWowB2XbMlLQsW3dZnBUfr+QdqrH»\n",
            r#"{"X-Hub-Signature-256": "sha256=«6da09b4d186c1afb16df899857ad07ec6040abcb5184821d3fa046065f723b3b»"}"#,
            "X-Shopify-Hmac-SHA256: «XmrGgBwyqYdjNwsCNw8sLIE0WXqYOSZyhmMiZuMpGjE=»",
            "OAuth oauth_nonce=\"5HKTALtgWHJ\", oauth_signature=\"«2DTHiVWU7R6va3adhmNyTUsuQri%3D»\", oauth_verifier=\"«hfdp7dh39dks9884»\"",
            "reason=bad_password user=ann tried=\"«Purple-2012@»\" ip=x",
            "-u 'ann@example.org/token:«0Thc5iAw8PsJyomIvyyDtrZMaztZwsSlXJacBaBy»'",
            "'password' => env('DB_PASSWORD', '«phoenixSunshine689»'), x = os.getenv(\"API_TOKEN\", \"«k3X9qW0r7MzT»\")",
            "viper.SetDefault(\"db.password\", \"«hunter2xyz»\"), getOrDefault(\"DB_PASSWORD\", \"«hunter2xyz»\"), headers.set('x-api-token', '«k3X9qW0r7MzT»')",
            "password = encode(digest('«hunter2x»', 'sha256'), 'hex'), INSERT INTO users (name, password, id) VALUES ('ann', SHA2('«hunter2x»', 256), 7)",
            "\"password_confirm\":\"«hunter4x»\",\"passwordRepeat\":\"«hunter4x»\", wrong password entered: «Hunter2xyz!»",
            "chpasswd: list: root:«L7JSSmRf14WVUOIySMTDciYOM»",
            "login failed for readonly / password «kuNWVAmOx6»",
            "Provided secret is the value ('«k3X9qW0r7MzT2a8Hv5»'), not its id",
            "API key exposed: «8d555648-ad77-44d1-b189-47ce32ac0cb7» in /srv, chiave API esposta: «8d555648-ad77-44d1-b189-47ce32ac0cb7» x",
            "Hasło do bazy testowej to «sunshineMerlin889», Parola sunucu için «FeRcCudAoKbaaeFMA1aiLm» olarak ayarlandı",
            "Heslo pro mail-gw1: «dfy664Vwfgj-xF3G5vTIS»",
            "UPDATE users SET password = MD5('«hunter2»') WHERE token = SHA1('«abc123»'), Object {\"password\": String(\"«Hunter783x»\")}",
            "password=«Hun'ter783x» next",
            "EXEC('UPDATE u SET password=''«Hunter783x»'' WHERE id=1')",
            r"curl -d 'PASSWORD='\''«Hunter783x»'\''' http://h",
            "password:\n  «hunter2»\nuser: ann",
            "redis AUTH «hunter2xyz» ok, token:«tok_1234567890» token=«tok_1a2b3c4d5e6f»",
        ])
        .passes_over(&[
            "MATCH_PAT=foo-bar-1234 glob_pat=*.log, community=65000:100, community: Berlin, snmp community=public, appid=c1a2f783",
            "HSET x \"token_count\" \"123456\", [\"password\" \"token\"], HSET x \"password\" \"[credential]\"",
            "password: ${PASSWORD:?required}, missing token header: see docs, Content-Type header: application/json",
            r#"{"passwd": {"S": "[credential]"}, "secret": {"N": "12"}, "token": {"string": null}}"#,
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
            "volume \"db-password\" : secret \"db-password\" not found, step \"rotate-password\": running, password=expired",
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
            "api_key=sk-****r0rm rejected, arn:aws:secretsmanager:eu-central-1:770865763750:secret:prod/shop/password-t8kWJO",
            "DB_PASSWORD=__REPLACE_ME__ password: !Ref DbPassword, password: This field may not be blank.",
            "const token = getToken(); token=await f(), Bearer token missing, secret=default/db-secret card_token=tok_rSWk4IgtXt5PYQ",
            "cache_key=kNjkx29F6kD0c0gZ2IrW CACHE_KEY=kNjkx29F6kD0c0gZ2IrWJJu1zFi7LRDS \"key\":\"11c4204066238aa505d713727ff3b4b1\"",
            r#"{"path":["name"],"received":"hunter2"}, {"loc":["body","password"],"msg":"Field required","input":null}"#,
            "shared_cred=hunter2x, cache key product_list_12 missing, config changed old=web-12 new=web-13",
            "password for ann@example.org: reset, password for ann@example.org is unchanged, use web-1234 as the host",
            "GET /x?token= user=ann, password=  level=info",
            "Key (id)=(hunter2), Key (token)=([credential]), login('ann'), auth('x', 'hunter2'), password('Enter it once more')",
            "Duplicate entry 'k3X9qW0r7MzT' for key 'orders.id', registered secret db-credentials-2 now, using password sha256hash",
            "-Password (ConvertTo-SecureString $p), creds: ann / [credential], creds -> loaded / ok, gpio name=pin value=12",
            "lookup('hashi_vault', 'secret=kv/billing-api:password'), login failed with secret database now, pass is required2",
            "AUTH-12345678 started, AUTH failed4ann99x for ann, echo hunter2-x12345 | tee x, forum community hunter2x now",
            r#"{"password":"[credential]","password_confirmation":"[credential]"}, ACL SETUSER ann on >[credential] +@all"#,
            "UPDATE settings SET value = 'hunter2' WHERE name = 'theme'; remember_me=true; tok=12",
            "Content-Disposition: form-data; name=\"password\"\r\n\r\n\r\n--x, Content-Disposition: form-data; name=\"title\"\n\nhunter2x\n--x",
            "LOG_LEVEL changed, new value debug2024; TOKEN_TTL changed, new value 3600s; MAX_TOKENS updated to 4096",
            "rotated secret shop/db to version 14, api key rotated to v2, secret db-credentials-v2 updated to revision 12",
            "token entered queue-12 for worker-3, no password supplied for user \"postgres\", token provided by sso-proxy-2",
            "random seed 42, seed=1234567890, 2FA page PORT8080ABCDEFGH, MFA build ABCDEFGHIJKLMNOPQRSTUVWX",
            "user ann, password authentication failed, user admin, password policy2 applied, ann, password field2 shown",
            "Le mot de passe provisoire est obligatoire. La contraseña temporal es obligatoria. Hasło tymczasowe to pole",
            "use bcrypt12hash for the password column, password for svc-account: rotated, password for root: expired",
            "token for ann@example.org: 550e8400-e29b-41d4-a716-446655440000, token for ann@example.org: revoked",
            "key-string required here\n pre-shared-key configured\nENV MIXPANEL_SECRET [credential]\nENV NODE_ENVIRONMENT k3X9qW0r7MzT2a8Hv5",
            "mollieKey: \"[credential]\", lookupKey: \"k3X9qW0r7MzT2a8Hv5k3X9\", root:x:0:0:root:/root:/bin/bash, admin: k3X9qW0r7MzT",
            "api key rotated old=v3 new=v4, token rotated old=web-12-2024 new=web-13-2024, PIN change: old screen new 8908x",
            "screen changed from old policy1 to new policy2024x, replaced old=8108 new=8908, shop changed: old 8108 new 8908",
            "pgp_sym_decrypt(card, key), AES_ENCRYPT('x', @key), pgp_sym_decrypt(card, '[credential]'), aes_encrypt_all('x', 'y')",
            "Authentication failure for community \"public\", the community \"rust4all\" grew, community name 'x123y' for users",
            "define('AUTH_KEY', 'put your unique phrase here'); define('CACHE_KEY', 'shop_cache_prefix_v2'); define( 'SORT_KEY', 'created_at' ); define('SHOP_URL', 'k3X9qW0r7MzT')",
            r#"password: "" => "[credential]", password: "" => <sensitive>, "#,
            "cache miss (key k3X9qW0r7MzT2a8Hv5k3X9qW0r7MzT2a8Hv5), their key is k3x, my key products-of-the-shop-for-everybody-2024-11",
            "bad credentials ProfileCredentialsProvider, credentials 550e8400-e29b-41d4-a716-446655440000, credential provider-2024-x",
            "api_key: changeme-in-production # example, password=change_me_now",
            "[docs](https://example.org/x?a=1)-like (password=[credential])-x, metadataKey: \"k3X9qW0r7MzT2a8Hv5k3X9\"",
            "-Dcache.key=5c3cd2d4ab77af6d57db9b2072673a6a, row key=5c3cd2d4ab77af6d57db9b2072673a6a, STATE_KEY=OrderCreatedEventV2xY",
            "[password] => Array, [token] => , [credential] => hunter2x, [\"password\"]=> bool(true) [\"secret\"]=> object(App\\Db)#12 (0) {",
            "<key>password</key><key>hunter2x</key> <key>password</key><string>[credential]</string> <td>Password</td><td>Email1</td><td>x</td>",
            "<key>password</key><false/>, password: VARCHAR(255), \"password\": \"string\"",
            "build token 1c67d612-3f8a-4ef9-8630-e989ed67aef5 created, using token [credential], auth sha256 handshake failed on eth0",
            "query Login($password: String!, $t: String!) { login(password: $password, token: $t) { id } }, serviceAccountToken: expirationSeconds=3607 path=token",
            "rocommunity public default, service key rotated-2024-01, cache key d225363765b83d9646c22b92df992c5c, secret id configured-for-app-2",
            "file md5 checksum-2024-01, psk mode enabled-2, authorization code flow-with-pkce-2, setting LOG_TOKEN to disabled",
            "createClient('redis', 'eu-west-1'), client(\"orders\", \"order-created-v2\"), X-Signature: missing, x-signature-status: verified-by-gateway-in-front-of-it",
            "old_key=orders new_key=orders_v2, key rotated: old v3 new v4, der server er web-03-prod-2, mdp: oublié, contraseña incorrecta: vuelva a intentar",
            "supplied [credential], new value [credential], password changed from [credential], token is configured-for-session-2024",
            "passwd: all authentication tokens updated successfully, passwd: Authentication token manipulation error, chpasswd: list: see below",
            "invalid_token: signature mismatch (kid=x), Using --password via the CLI is insecure, mysql -u root -p[credential] shop2x",
            "password2=[credential] pwd1=null X-Hub-Signature-256: missing, Unseal Key 3: [credential], disk1: exposed: sda2x",
            "self.password = config['password']",
            "password = getpass.getpass('Password: ')",
            "get('password', 'Your password') set('api_token', 'rotated') get(\"db.password\", \"required\") put('cache_key', 'k3X9qW0r7MzT')",
            "env('DB_PASSWORD', '') env('DB_PASSWORD', '[credential]') env('APP_URL', 'k3X9qW0r7MzT') password = MD5('[credential]')",
            "password='' AND x='y', password:\n  min_length: 8\npassword:\n  required\n",
            "tried=\"[credential]\" retry tried=web-1234, memory leaked: 4096k, wachtwoord voor app12_rw is onbekend, ('projects-of-the-shop-2024')",
            "token=tok_visa card_token=tok_rSWk4IgtXt5PYQ, oauth_signature=\"[credential]\", signature=\"none\"",
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
            Site::Prefix(FUNCTIONS),
            Site::Prefix(SETTING),
            Site::Prefix(ANNOUNCED),
            Site::Prefix(ASKED),
            Site::Is,
            Site::At,
            Site::Tuple,
            Site::OpaqueRun,
        ]
    }

    fn is_cell(&self, probe: &Probe<'_>, name: usize, cell: &Range<usize>) -> bool {
        let strong = probe.key_ends_with(name, STRONG).is_some();
        let value = probe.slice(cell.clone());
        !value.is_empty()
            && (strong || probe.key_ends_with(name, WEAK).is_some())
            && !(is_none(value, strong) || is_prose(value, strong, false) || is_code(value))
    }

    fn next(&self, probe: &Probe<'_>, list: List, end: usize) -> Option<Range<usize>> {
        let next = list.next(probe, end)?;
        if list.is_again() {
            return Some(next).filter(|again| !is_none(probe.slice(again.clone()), true));
        }
        probe.seek(list, next, &|element| is_element(probe, list, element))
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        match probe.byte(at) {
            b'(' if is_quote(probe.byte(at + 1)) => return argument(probe, at),
            b'@' => return beside_address(probe, at),
            _ => {}
        }
        if probe.before(at) == b' ' && !matches!(probe.byte(at), b' ' | b'-' | b'=' | b':' | b'>') {
            if is_quote(probe.before(at - 1)) {
                return authenticates(probe, at);
            }
            return behind_word(probe, at)
                .or_else(|| offered(probe, at))
                .or_else(|| constant(probe, at))
                .or_else(|| seed(probe, at))
                .or_else(|| issued(probe, at));
        }
        if probe.byte(at) == b' ' {
            return told(probe, at).or_else(|| code(probe, at));
        }
        if probe.byte(at).is_ascii_alphanumeric() {
            return constant(probe, at)
                .or_else(|| escaped_parameter(probe, at))
                .or_else(|| seed(probe, at))
                .or_else(|| issued(probe, at));
        }
        let flag = probe.byte(at) == b'-';
        // An argument of a list: `["tool", "--api-key", "…"]`.
        let mut listed = None;
        let operator = if flag {
            let word = at + 1 + usize::from(probe.byte(at + 1) == b'-');
            let end = probe
                .reach(word, 48, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
            // Options of one dash and few letters mean something else with each command.
            if probe.starts_with(word, "no-") {
                return None;
            }
            listed = next_string(probe, end).or_else(|| next_line(probe, at, end));
            if probe.byte(end) != b' ' && listed.is_none() || word == at + 1 && end - word < 4 {
                return None;
            }
            // What is joined to an option of one letter may end so itself: `mysql -pS3cretPw shop`.
            if word == at + 1 && probe.slice(word..end).iter().any(u8::is_ascii_digit) {
                return None;
            }
            end
        } else {
            at
        };
        let arrow = !flag && is_arrow(probe, operator);
        let element = probe.byte(operator) == b'>' && !arrow;
        let text = if element { Some(element_text(probe, operator)?) } else { None };
        if !flag && !element && probe.key_ends_with(operator, &["old", "new"]).is_some() {
            return changed_pair(probe, operator);
        }
        let said =
            if flag || element { None } else { printed(probe, operator, value_start(probe, operator)) };
        if !flag
            && !element
            && said.is_none()
            && let Some((list, first)) = list(probe, operator)
        {
            return probe.seek(list, first, &|element| is_element(probe, list, element));
        }
        let named = named_apart(probe, operator);
        let (strong, name) = match probe.key_ends_with(named.unwrap_or(operator), STRONG) {
            // The tool's own log: `htpasswd: using .htpasswd`.
            Some(("passwd", name)) if probe.ends_with_any_case(name, "ht") => return None,
            // `invalid_token` ends like `id_token`, and stands before what is said of it.
            Some(("idtoken", name))
                if probe.before(name).is_ascii_lowercase() && probe.byte(name) == b'i' =>
            {
                (false, name)
            }
            Some((_, name)) => (true, name),
            None if !flag && !element && kept_in_vault(probe, operator) => (true, operator.saturating_sub(5)),
            None if probe.key_ends_with(operator, ACCOUNTS).is_some() => {
                return of_account(probe, operator);
            }
            None if let Some(named) = named => match probe.key_ends_with(named, APART) {
                Some((_, name)) => (false, name),
                None => return key(probe, named, operator),
            },
            None if !flag && !element && probe.key_ends_with(operator, SIGNATURES).is_some() => {
                return signature(probe, operator);
            }
            None if !element && probe.key_ends_with(operator, &["key"]).is_some() => {
                // `passphrase for the backup key: …`
                let opens = || probe.has_before(operator, 40, &["password for", "passphrase for"]);
                return key(probe, operator, operator)
                    .or_else(|| if opens() { of_account(probe, operator) } else { None });
            }
            None if !flag && !element && probe.key_ends_with(operator, &["seed"]).is_some() => {
                return seed(probe, value_start(probe, operator));
            }
            None => {
                // `NUGET_PAT=…`, and what opens a device beside a word for how it is asked: `snmp host=x community=…`.
                let other = || {
                    let (word, name) = probe.key_ends_with(operator, &["pat", "community", "appid"])?;
                    let told = match word {
                        "pat" => {
                            let from = value_start(probe, operator);
                            let end = probe.reach(from, 128, |byte| byte.is_ascii_alphanumeric());
                            probe.starts_with(name, "PAT")
                                && probe.before(name) == b'_'
                                && end - from >= 20
                                && tokens::is_random(probe.slice(from..end))
                        }
                        "appid" => {
                            let end =
                                probe.reach(operator, 40, |byte| byte.is_ascii_hexdigit() || byte == b'=');
                            matches!(probe.before(name), b'?' | b'&') && end == operator + 33
                        }
                        _ => probe.has_before(name, 96, &["snmp"]),
                    };
                    told.then_some((word, name))
                };
                let (word, name) = probe.key_ends_with(operator, WEAK).or_else(other)?;
                let inside =
                    probe.before(name).is_ascii_lowercase() && !probe.byte(name).is_ascii_uppercase();
                if inside && matches!(word, "pass" | "secret" | "pw") {
                    return None;
                }
                // The log of a test runner: `pw:api => page.goto`. A line of a program: `pw = get()`.
                let channel = probe.byte(operator) == b':' && probe.byte(operator + 1).is_ascii_lowercase();
                let assigned = probe.byte(operator) == b'=' && probe.before(operator) == b' ';
                // The tag of an image: `registry.example.org/secret:v1.2.3`.
                // but not an option of Windows: `cmdkey /pass:x`.
                let tag = probe.before(name) == b'/'
                    && probe.byte(operator) == b':'
                    && probe.before(name - 1) != b' '
                    // What follows an address is the token of who has it: `ann@example.org/token:…` (Zendesk).
                    && !probe.slice(name.saturating_sub(48)..name).contains(&b'@');
                // The name of a secret of a store is none, whatever it is called: `arn:aws:secretsmanager:…:secret:prod/db`.
                let stored = word == "secret"
                    && probe.byte(operator) == b':'
                    && probe.before(name) == b':'
                    && probe.has_before(name, 64, &["secretsmanager"]);
                // What a test did: `--- PASS: TestPasswordReset`.
                let passed = word == "pass" && probe.ends_with_any_case(name, "--- ");
                if word == "pw" && (channel || assigned) || tag || stored || passed {
                    return None;
                }
                (false, name)
            }
        };
        // What a shell says where a variable has no value: `${PASSWORD:?required}`.
        let variable = probe.reach_back(name, 48, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if probe.starts_with(operator, ":?") && probe.ends_with_any_case(variable, "${") {
            return None;
        }
        // The key that an assembly of .NET is signed with is public.
        if is_label_key(probe, name, operator) || probe.ends_with_any_case(name, "publickey") {
            return None;
        }
        let text = text.or_else(|| said.clone());
        let from = text
            .as_ref()
            .map_or_else(|| listed.unwrap_or_else(|| value_start(probe, operator)), |text| text.start);
        let quoted = !element && said.is_none() && is_quote(probe.before(from));
        let typed = if quoted || text.is_some() { None } else { typed(probe, operator, from) };
        let (from, quoted) = typed.map_or((from, quoted), |from| (from, true));
        let option = flag && probe.byte(from) == b'-';
        let directory = probe.byte(from) == b'/' && probe.slice(name..operator) == b"PWD";
        if option || directory || !quoted && probe.is_claimed(Reach::Value, from) {
            return None;
        }
        if !strong && !quoted && is_object(probe.slice(from..(from + 65).min(probe.len()))) {
            return probe.refuse("what a program prints of an object of its own");
        }
        // `token= user=ann` has no token, but `token = k3X9==` has one.
        let word = probe.reach(from, 48, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if word > from
            && !quoted
            && from > operator + 1
            && probe.before(operator) > b' '
            && probe.byte(operator) == b'='
            && probe.byte(word) == b'='
            && !matches!(probe.byte(word + 1), 0..=b' ' | b'=')
        {
            return probe.refuse("it has no value: another pair follows");
        }
        // A quote of HTML, in text that is not opened any more.
        let html = !quoted && probe.starts_with(from, HTML_QUOTE);
        let from = if html { from + HTML_QUOTE.len() } else { from };
        let closing = if html { probe.find(from, HTML_QUOTE.as_bytes()) } else { None };
        let block = if quoted || html { None } else { block(probe, operator, from, strong) };
        let (from, end) = match (closing, text, block) {
            (Some(end), ..) => (from, end),
            (_, Some(text), _) => (text.start, text.end),
            (.., Some(block)) => (block.start, block.end),
            _ if quoted => {
                let both = changed(probe, from, quoted_end(probe, from));
                (both.start, both.end)
            }
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
        let candidate = Candidate {
            operator,
            name,
            span: from..end,
            strong,
            quoted,
            element,
            arrow: arrow && said.is_none(),
            named: named.is_some(),
        };
        if candidate.is_passed_over(probe) {
            return probe.refuse("its name speaks of a secret, but this is a placeholder or prose");
        }
        let end = candidate.end(probe);
        probe.claim(Reach::Value, &(from..end));
        if quoted && strong {
            probe.note(List::again());
        }
        Some(from..end)
    }
}

/// Whether a key is a label of ours that happens to stand before an operator: `user[password]=` has a name before its bracket, and
/// `-p[credential]` an option.
#[inline(never)] // asked in several places
fn is_label_key(probe: &Probe<'_>, name: usize, operator: usize) -> bool {
    // What PHP prints has a name there, too, but none of ours.
    let dumped = || {
        let end = probe.reach(name, 24, |byte| byte != b']');
        probe.starts_with(operator, "=>")
            && !Class::ALL.iter().any(|class| probe.slice(name..end) == class.word().as_bytes())
    };
    probe.before(name) == b'[' && probe.slice(name..operator).contains(&b']') && !dumped() && {
        let word = probe.reach_back(name - 1, 24, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        word == name - 1 || probe.before(word) == b'-'
    }
}

/// Whether an operator is an arrow between blanks, as tools print settings: `spring.datasource.password -> x`.
fn is_arrow(probe: &Probe<'_>, operator: usize) -> bool {
    operator.checked_sub(2).is_some_and(|from| probe.starts_with(from, " -> "))
}
