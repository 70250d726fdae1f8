//! Words and phrases that stand before names, and what each says of what follows: a person, a person's family name, anything's name or
//! that of something else. Knows words alone; where they stand is found by the file above.

use crate::detect::is_listed;

/// Words before a family name, or a given one, that stands alone.
pub(super) const TITLES: &str = " dott.ssa gospodin pán paní domnul doamna don doña dona m. mej. fr. hr. sra sr dra. dott. ing. sayın bay bayan panu pani pana herr herrn frau mr mr. mrs mrs. ms ms. miss mx dr dr. prof prof. mme mme. monsieur madame mlle sr. sra. \
                              señor señora signor signora sig. sig.ra mevrouw meneer dhr. mevr. pan pani senhor senhora fru heer panie \
                              господин госпожа forename surname firstname lastname fname lname first_name last_name vorname nachname \
                              nome cognome prénom prenom apellido apellidos achternaam voornaam nazwisko imię efternamn förnamn w/ ";

/// Those that nothing but somebody is called by, with a greeting or none before them: `Guten Tag Herr …`.
pub(super) const FORMAL: &str = " sig. sig.ra dott. hr. dhr. herr frau mr mr. mrs mrs. ms ms. dr. prof. mme monsieur madame mevrouw meneer heer señor señora sr. sra. signor signora \
                                senhor senhora panie pani ";

/// What a letter to somebody begins with.
pub(super) const GREETINGS: &str = " dear hi hello hallo hej hola ciao bonjour buongiorno beste estimado estimada gentile cher chère lieber liebe prezado prezada caro cara \
                                   geachte szanowny szanowna querido querida sehr guten drogi droga olá ";

/// How those begin, as small letters.
pub(super) const TITLE_HEADS: &[[u8; 2]] = &[
    *b"ac", *b"ap", *b"co", *b"dh", *b"dr", *b"ef", *b"fi", *b"fn", *b"fo", *b"fr", *b"f\xe3", *b"he",
    *b"im", *b"la", *b"ln", *b"m.", *b"ba", *b"do", *b"hr", *b"in", *b"sa", *b"ma", *b"me", *b"mi", *b"ml",
    *b"mm", *b"mo", *b"mr", *b"ms", *b"mx", *b"na", *b"no", *b"pa", *b"pr", *b"se", *b"si", *b"sr", *b"su",
    *b"vo", *b"w/",
];

/// What a word says of what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    No,
    /// Another name than a person's.
    Other,
    /// The name of anything.
    Name,
    /// Somebody.
    Person,
    /// Somebody, whose family name alone may follow.
    Title,
}

impl Label {
    #[inline(never)]
    pub(super) fn of(word: &[u8]) -> Self {
        const PEOPLE: &str = " abonado abonada inquilina profesor profesora empleada conductora mieterin fahrerin schüler schülerin \
                               antragstellerin vermieterin étudiant étudiante enseignant enseignante conductrice studente \
                               studentessa insegnante autista professor professora pracownica nauczyciel nauczycielka lokatorka \
                               pasażerka nájemník zaměstnanec řidič vevő beteg dolgozó utas angajat chiriaș pasager elev lärare \
                               ansatt ασθενής kiracı öğrenci çalışan müşterimiz huurster patiënte leerling docent bezorger kurier \
                               paciento сотрудница клиентка пациентка пассажирка подписчик učitel studentka zákazníka gästin \
                               empfängerin absenderin käuferin verkäuferin kandidat bewerber bewerberin candidat candidato \
                               candidata kandidatka hráč arbeitnehmer arbeitnehmerin ágens huéspeda \
                               zákazník zákaznice ügyfél Ügyfél клієнт Клієнт клієнтка pacientka pacient fizetővendég kupac stranka klientas klients rider socio socia trabajador trabajadora avsändare afzender kontohavare kontohaver huésped huesped comprador compradora \
                               portador chauffeur förare begünstigte zahler käufer verkäufer koper kupujący odbiorczyni nadawczyni arrendatario \
                               vendedor vendedora alumno alumna aluno aluna élève acheteur acheteuse vendeur vendeuse passagère passager \
                               lavoratore lavoratrice conducente hóspede passageiro passageira motorista segurado segurada tomador \
                               colaborador colaboradora funcionário funcionária kuljettaja matkustaja vuokralainen reisende sjåfør \
                               gjest leietaker mottaker avsender lejer afsender modtager chauffør patienten försäkrad verzekeringnemer \
                               versicherungsnehmer versicherungsnehmerin rider pax courier consignee payer payor buyer seller cashier \
                               t.n.v ubezpieczony ubezpieczona abonent abonentka uczeń yolcu sürücü πελάτης пассажир Пассажир водитель Водитель \
                               сотрудник Сотрудник получатель Получатель абонент Абонент client klientka pacjentka abonné abonnée klienten mannelijke medewerker werknemer werknemerin \
                               utente abbonato usuario usuaria huésped socio gäst anställd medlem lokator pasażer kierowca \
                               gastes kollegin kollege kunden auftraggeber customer patient employee passenger guest visitor member subscriber holder cardholder accountholder \
                               anrufer driver nominee signer resident donor reviewer approver technician courier landlord courtesy attn attention \
                               mitarbeiters kunden patienten versicherten mieters fahrer gast reisender begünstigter empfänger vermieter \
                               salariée locataire voyageur conducteur adhérent adhérente destinataire expéditeur cliente clienta inquilino \
                               conductor asegurado destinatario remitente assicurato inquilino mittente huurder bestuurder verzekerde ontvanger \
                               pracownik najemca odbiorca nadawca kunden hyresgäst mottagare medarbejder kunde asiakas potilas müşteri hasta \
                               beneficiary requester applicant insured caller tenant claimant attendee \
                               candidate policyholder traveler traveller borrower participant student teacher nurse \
                               doctor physician spouse \
                               kunde kundin patientin versicherter kontoinhaber karteninhaber inhaber mieter \
                               mitarbeiter mitarbeiterin antragsteller \
                               cliente paciente paziente beneficiario beneficiaria titular titolare ordenante pasajero \
                               passeggero empleado dipendente intestatario assuré assurée bénéficiaire titulaire patiente salarié \
                               klant patiënt begunstigde rekeninghouder klient pacjent kund клиент Клиент пациент Пациент  фио ФИО \
                               it's i'm dear hi hello hallo hej hola ciao bonjour buongiorno beste estimado estimada gentile cher chère lieber liebe prezado prezada caro cara geachte szanowny szanowna querido querida ";
        const NAMES: &str = " name nom nombre naam navn imię_i_nazwisko full_name fullname имя Имя contact owner user client payee payer sender recipient debtor creditor person signed author \
                              account_name accountname nome_completo displayname display_name ";
        const OTHERS: &str = " rue via calle avenue avenida rua plaza place piazza street impasse boulevard viale corso praça city town \
                               service product company hostname host server firma ";
        for (words, label) in
            [(TITLES, Self::Title), (PEOPLE, Self::Person), (NAMES, Self::Name), (OTHERS, Self::Other)]
        {
            if is_listed(word, words) {
                return label;
            }
        }
        Self::No
    }
}

/// Words of East Asia for somebody whose name follows.
pub(super) const EASTERN: [&str; 31] = [
    "ユーザー",
    "利用者",
    "名義",
    "お客様",
    "姓名",
    "联系人",
    "聯絡人",
    "我是",
    "我叫",
    "客户",
    "客戶",
    "收件人",
    "患者",
    "户名",
    "持卡人",
    "申请人",
    "乘客",
    "司机",
    "员工",
    "氏名",
    "名前",
    "顧客",
    "社員",
    "会員",
    "担当者",
    "担当",
    "宛名",
    "성명",
    "이름",
    "고객",
    "환자",
];

/// What honors somebody behind a name.
pub(super) const HONORIFICS: [&str; 9] = ["さん", "さま", "様", "氏", "くん", "님", "씨", "先生", "女士"];

/// What stands before a name in what people write and say, without the blanks behind it.
pub(super) const PHRASES: &[&str] = &[
    "welcome back",
    "welcome",
    "bienvenue",
    "bienvenido",
    "bienvenida",
    "willkommen",
    "benvenuto",
    "benvenuta",
    "welkom",
    "started by",
    "approved by",
    "created by",
    "assigned to",
    "submitted by",
    "on behalf of",
    "op naam",
    "t.n.v.",
    "tnv",
    "z.hd.",
    "zu händen",
    "à l'ordre de",
    "à l'attention de",
    "a la atención de",
    "payable to",
    "made out to",
    "w imieniu",
    "för räkning",
    "puhelimessa",
    "jag är",
    "jeg heter",
    "jeg hedder",
    "nimeni on",
    "mă numesc",
    "jmenuji se",
    "benim adım",
    "με λένε",
    "ονομάζομαι",
    "мене звати",
    "me chamo",
    "sou o",
    "aqui é o",
    "aqui é a",
    "aqui é",
    "fala o",
    "quem fala é",
    "le habla",
    "u spreekt met",
    "je spreekt met",
    "du taler med",
    "qui è",
    "z tej strony",
    "sou a",
    "a nombre de",
    "au nom de",
    "a nome di",
    "namens",
    "name is",
    "name's",
    "this is",
    "i am",
    "i'm",
    "it's",
    "meeting with",
    "appointment with",
    "message from",
    "call from",
    "escalated to",
    "reviewed by",
    "call with",
    "interview with",
    "voter record",
    "spoke with",
    "spoke to",
    "spoke w/",
    "talked to",
    "verified",
    "signed by",
    "reported by",
    "booked by",
    "requested by",
    "regards",
    "sincerely",
    "best wishes",
    "name ist",
    "ich bin",
    "ich heiße",
    "hier ist",
    "hier spricht",
    "grüßen",
    "gruß",
    "grüße",
    "m'appelle",
    "je suis",
    "cordialement",
    "salutations",
    "me llamo",
    "mi nombre es",
    "soy",
    "saludos",
    "mi chiamo",
    "sono",
    "grazie",
    "saluti",
    "intestato a",
    "chamo-me",
    "meu nome é",
    "cumprimentos",
    "mijn naam is",
    "groeten",
    "groet",
    "nazywam się",
    "pozdrawiam",
    "mitt namn är",
    "jag heter",
    "hälsningar",
    "зовут",
    "уважением",
];
