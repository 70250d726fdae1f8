//! Check digits and structure of numbers. Each function sees digits and capitals without separators, as its row's patterns
//! give them; for those none panics.

/// Any number.
pub(super) fn any(_: &[u8]) -> bool {
    true
}

/// The value of a digit, and of a letter 10 to 35.
const fn value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => (byte - b'0') as u32,
        b'A'..=b'Z' => (byte - b'A') as u32 + 10,
        _ => 0,
    }
}

fn at(number: &[u8], place: usize) -> u32 {
    number.get(place).map_or(0, |byte| value(*byte))
}

/// Digits from one place to another as a number.
#[inline(never)] // asked by most of the checks, like the next
fn digits(number: &[u8], from: usize, to: usize) -> u64 {
    number.get(from..to).unwrap_or(&[]).iter().fold(0, |sum, byte| sum * 10 + u64::from(value(*byte)))
}

#[inline(never)]
fn weighted(number: &[u8], weights: &[u8]) -> u32 {
    number.iter().zip(weights).map(|(byte, weight)| value(*byte) * u32::from(*weight)).sum()
}

#[inline(never)]
fn all_same(number: &[u8]) -> bool {
    number.windows(2).all(|pair| matches!(pair, [a, b] if a == b))
}

/// Luhn (ISO/IEC 7812-1).
#[inline(never)]
pub(super) fn luhn(number: &[u8]) -> bool {
    let sum: u32 = number
        .iter()
        .rev()
        .enumerate()
        .map(|(place, byte)| match (place % 2, value(*byte)) {
            (0, digit) => digit,
            (_, digit) => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10) && !all_same(number)
}

/// ISO 7064 mod 11,10.
pub(super) fn mod_11_10(number: &[u8]) -> bool {
    let mut product = 10;
    let Some((last, head)) = number.split_last() else { return false };
    for byte in head {
        let sum = (product + value(*byte)) % 10;
        product = if sum == 0 { 10 } else { sum } * 2 % 11;
    }
    (product + value(*last)) % 10 == 1
}

/// Verhoeff: the dihedral group of ten elements.
pub(super) fn verhoeff(number: &[u8]) -> bool {
    const PERMUTED: [[u8; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    let multiplied = |a: u8, b: u8| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let mut check = 0;
    for (place, byte) in number.iter().rev().enumerate() {
        let row = PERMUTED.get(place % 8).unwrap_or(&[0; 10]);
        let digit = row.get(value(*byte) as usize).copied().unwrap_or(0);
        check = multiplied(check, digit);
    }
    check == 0
}

/// Day and month, in that order.
fn is_day(day: u64, month: u64) -> bool {
    (1..=31).contains(&day) && (1..=12).contains(&month)
}

fn year_month_day(number: &[u8], from: usize) -> bool {
    is_day(digits(number, from + 4, from + 6), digits(number, from + 2, from + 4))
}

fn day_month_year(number: &[u8]) -> bool {
    is_day(digits(number, 0, 2), digits(number, 2, 4))
}

/// A date of somebody's birth: of the last hundred and twenty years, day and month in either order.
pub(super) fn birth_date(number: &[u8]) -> bool {
    let either = |a: u64, b: u64| is_day(a, b) || is_day(b, a);
    let of_life = |year: u64| (1905..=2035).contains(&year);
    if number.len() == 6 && either(digits(number, 0, 2), digits(number, 2, 4)) {
        return true;
    }
    // Of a day or a month one digit may be enough: `3/12/1985`.
    if number.len() < 8 {
        let last = number.len() - 4;
        let day = |middle| either(digits(number, 0, middle), digits(number, middle, last));
        return of_life(digits(number, last, last + 4)) && (day(1) || day(2));
    }
    let (first, year) = (digits(number, 0, 4), digits(number, 4, 8));
    let (a, b) = (first / 100, first % 100);
    of_life(first) && is_day(year % 100, year / 100) || of_life(year) && (is_day(a, b) || is_day(b, a))
}

// --- North America ---

pub(super) fn us_itin(number: &[u8]) -> bool {
    at(number, 0) == 9 && matches!(digits(number, 3, 5), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

pub(super) fn us_ein(number: &[u8]) -> bool {
    !matches!(digits(number, 0, 2), 0 | 7..=9 | 17..=19 | 28..=29 | 49 | 69..=70 | 78..=79 | 89 | 96..=97)
}

pub(super) fn us_routing(number: &[u8]) -> bool {
    let region = digits(number, 0, 2);
    weighted(number, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
        && matches!(region, 1..=12 | 21..=32 | 61..=72 | 80)
}

pub(super) fn us_npi(number: &[u8]) -> bool {
    let mut whole = *b"80840__________";
    for (to, from) in whole.iter_mut().skip(5).zip(number) {
        *to = *from;
    }
    matches!(number.first(), Some(b'1' | b'2')) && luhn(&whole)
}

pub(super) fn us_dea(number: &[u8]) -> bool {
    let odd = at(number, 2) + at(number, 4) + at(number, 6);
    let even = at(number, 3) + at(number, 5) + at(number, 7);
    (odd + 2 * even) % 10 == at(number, 8)
        && number.first().is_some_and(|first| b"ABCDEFGHJKLMPRSTUX".contains(first))
}

/// Medicare beneficiary: letters that look like digits are not used.
pub(super) fn us_mbi(number: &[u8]) -> bool {
    at(number, 0) > 0 && !number.iter().any(|byte| b"SLOIBZ".contains(byte))
}

pub(super) fn ca_sin(number: &[u8]) -> bool {
    luhn(number) && number.first() != Some(&b'8')
}

pub(super) fn mx_curp(number: &[u8]) -> bool {
    let sum: u32 = number
        .iter()
        .take(17)
        .enumerate()
        .map(|(place, byte)| {
            // The alphabet has a letter more than ASCII, behind N.
            let value = value(*byte) + u32::from(*byte > b'N' && byte.is_ascii_uppercase());
            value * (18 - place as u32)
        })
        .sum();
    year_month_day(number, 4)
        && matches!(number.get(10), Some(b'H' | b'M' | b'X'))
        && (10 - sum % 10) % 10 == at(number, 17)
}

pub(super) fn mx_rfc(number: &[u8]) -> bool {
    year_month_day(number, number.len().saturating_sub(9))
}

// --- Great Britain and Ireland ---

pub(super) fn gb_nino(number: &[u8]) -> bool {
    let [first, second, ..] = number else { return false };
    !b"DFIQUV".contains(first)
        && !b"DFIOQUV".contains(second)
        && !matches!(
            (first, second),
            (b'B', b'G')
                | (b'G', b'B')
                | (b'N', b'K')
                | (b'K', b'N')
                | (b'T', b'N')
                | (b'N', b'T')
                | (b'Z', b'Z')
        )
        && matches!(number.last(), Some(b'A'..=b'D'))
}

pub(super) fn gb_nhs(number: &[u8]) -> bool {
    let check = 11 - weighted(number, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    check % 11 == at(number, 9) && check != 10 && !all_same(number)
}

pub(super) fn gb_utr(number: &[u8]) -> bool {
    let sum = weighted(number.get(1..).unwrap_or(&[]), &[6, 7, 8, 9, 10, 5, 4, 3, 2]);
    at(b"21987654321", (sum % 11) as usize) == at(number, 0)
}

pub(super) fn gb_licence(number: &[u8]) -> bool {
    is_day(digits(number, 8, 10), digits(number, 6, 8) % 50)
}

pub(super) fn ie_pps(number: &[u8]) -> bool {
    let second = number.get(8).map_or(0, |letter| value(*letter) - 9);
    let sum = weighted(number, &[8, 7, 6, 5, 4, 3, 2]) + if second == 23 { 0 } else { second * 9 };
    number.get(7) == b"WABCDEFGHIJKLMNOPQRSTUV".get((sum % 23) as usize)
}

// --- German, French, Italian, Dutch speaking countries ---

pub(super) fn de_tax_id(number: &[u8]) -> bool {
    let mut counts = [0_u8; 10];
    for byte in number.iter().take(10) {
        if let Some(count) = counts.get_mut(value(*byte) as usize) {
            *count += 1;
        }
    }
    // One digit stands two or three times among the first ten, the others at most once.
    let repeated = counts.iter().filter(|count| **count > 1).count();
    at(number, 0) > 0 && repeated == 1 && counts.iter().all(|count| *count <= 3) && mod_11_10(number)
}

pub(super) fn de_pension(number: &[u8]) -> bool {
    let Some(letter) = number.get(8) else { return false };
    let place = u32::from(letter.wrapping_sub(b'A')) + 1;
    let head = number.iter().take(8).map(|byte| value(*byte));
    let tail = number.iter().skip(9).take(2).map(|byte| value(*byte));
    let sum: u32 = head
        .chain([place / 10, place % 10])
        .chain(tail)
        .zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1])
        .map(|(digit, weight)| digit * weight / 10 + digit * weight % 10)
        .sum();
    letter.is_ascii_uppercase()
        && is_day(digits(number, 2, 4) % 50, digits(number, 4, 6))
        && sum % 10 == at(number, 11)
}

pub(super) fn at_svnr(number: &[u8]) -> bool {
    let weights = [3, 7, 9, 0, 5, 8, 4, 2, 1, 6];
    at(number, 0) > 0
        && weighted(number, &weights) % 11 == at(number, 3)
        && (1..=31).contains(&digits(number, 4, 6))
}

pub(super) fn ch_ahv(number: &[u8]) -> bool {
    number.starts_with(b"756")
        && weighted(number, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

pub(super) fn fr_nir(number: &[u8]) -> bool {
    let month = digits(number, 3, 5);
    let key = digits(number, 13, 15);
    // Months that nobody knows are seldom; with a provisional sex as well, fifteen digits are more often a count.
    let born = match number.first() {
        Some(b'1' | b'2') => matches!(month, 1..=12 | 20..=42 | 50..=99),
        Some(b'3' | b'4' | b'7' | b'8') => matches!(month, 1..=12),
        _ => false,
    };
    born && 97 - digits(number, 0, 13) % 97 == key
}

pub(super) fn fr_spi(number: &[u8]) -> bool {
    at(number, 0) < 4 && digits(number, 0, 10) % 511 == digits(number, 10, 13)
}

pub(super) fn it_codice(number: &[u8]) -> bool {
    const ODD: [u8; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let sum: u32 = number
        .iter()
        .take(15)
        .enumerate()
        .map(|(place, byte)| {
            let value = if byte.is_ascii_digit() { value(*byte) } else { value(*byte) - 10 };
            if place % 2 == 0 { ODD.get(value as usize).map_or(0, |odd| u32::from(*odd)) } else { value }
        })
        .sum();
    at(number, 15) == sum % 26 + 10 && number.get(8).is_some_and(|month| b"ABCDEHLMPRST".contains(month))
}

pub(super) fn nl_bsn(number: &[u8]) -> bool {
    let sum = weighted(number, &[9, 8, 7, 6, 5, 4, 3, 2]) + 11 - at(number, 8);
    sum.is_multiple_of(11) && !all_same(number)
}

pub(super) fn be_national(number: &[u8]) -> bool {
    let (head, check) = (digits(number, 0, 9), digits(number, 9, 11));
    let month = digits(number, 2, 4);
    (97 - head % 97 == check || 97 - (2_000_000_000 + head) % 97 == check)
        && month <= 52
        && digits(number, 4, 6) <= 31
}

pub(super) fn lu_matricule(number: &[u8]) -> bool {
    (1890..=2035).contains(&digits(number, 0, 4))
        && is_day(digits(number, 6, 8), digits(number, 4, 6))
        && number.get(..12).is_some_and(luhn)
}

// --- Iberia and Latin America ---

fn es_letter(number: u64) -> Option<&'static u8> {
    b"TRWAGMYFPDXBNJZSQVHLCKE".get((number % 23) as usize)
}

pub(super) fn es_dni(number: &[u8]) -> bool {
    number.last() == es_letter(digits(number, 0, 8))
}

pub(super) fn es_nie(number: &[u8]) -> bool {
    let lead = match number.first() {
        Some(b'X') => 0,
        Some(b'Y') => 10_000_000,
        Some(b'Z') => 20_000_000,
        _ => return false,
    };
    number.last() == es_letter(lead + digits(number, 1, 8))
}

pub(super) fn es_cif(number: &[u8]) -> bool {
    let sum: u32 = (1..8)
        .map(|place| match (place % 2, at(number, place)) {
            (1, digit) => digit * 2 / 10 + digit * 2 % 10,
            (_, digit) => digit,
        })
        .sum();
    let check = (10 - sum % 10) % 10;
    number.first().is_some_and(|kind| b"ABCDEFGHJNPQRSUVW".contains(kind))
        && (at(number, 8) == check || number.last() == b"JABCDEFGHI".get(check as usize))
}

pub(super) fn pt_nif(number: &[u8]) -> bool {
    let check = 11 - weighted(number, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    at(number, 0) > 0 && at(number, 8) == if check > 9 { 0 } else { check }
}

pub(super) fn br_cpf(number: &[u8]) -> bool {
    let check = |weights: &[u8]| {
        let rest = weighted(number, weights) * 10 % 11;
        if rest == 10 { 0 } else { rest }
    };
    !all_same(number)
        && check(&[10, 9, 8, 7, 6, 5, 4, 3, 2]) == at(number, 9)
        && check(&[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) == at(number, 10)
}

pub(super) fn br_cnpj(number: &[u8]) -> bool {
    let check = |weights: &[u8]| {
        let rest = weighted(number, weights) % 11;
        if rest < 2 { 0 } else { 11 - rest }
    };
    !all_same(number)
        && check(&[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == at(number, 12)
        && check(&[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == at(number, 13)
}

pub(super) fn ar_cuit(number: &[u8]) -> bool {
    let check = 11 - weighted(number, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    matches!(digits(number, 0, 2), 20 | 23 | 24 | 27 | 30 | 33 | 34)
        && at(number, 10)
            == match check {
                11 => 0,
                10 => 9,
                check => check,
            }
}

pub(super) fn cl_rut(number: &[u8]) -> bool {
    let Some((last, head)) = number.split_last() else { return false };
    let sum: u32 =
        head.iter().rev().zip([2, 3, 4, 5, 6, 7, 2, 3, 4]).map(|(byte, weight)| value(*byte) * weight).sum();
    let check = 11 - sum % 11;
    match last {
        b'K' => check == 10,
        digit => value(*digit) == check % 11 && digit.is_ascii_digit() && check != 10,
    }
}

pub(super) fn co_nit(number: &[u8]) -> bool {
    let sum = weighted(number, &[41, 37, 29, 23, 19, 17, 13, 7, 3]);
    let rest = sum % 11;
    at(number, 9) == if rest < 2 { rest } else { 11 - rest }
}

/// Uruguayan identity cards: weights 2, 9, 8, 7, 6, 3, 4, complement to 10.
pub(super) fn uy_ci(number: &[u8]) -> bool {
    (10 - weighted(number, &[2, 9, 8, 7, 6, 3, 4]) % 10) % 10 == at(number, 7) && !all_same(number)
}

/// Argentine account numbers: bank and branch with weights 7, 1, 3, 9, complement to 10.
pub(super) fn ar_cbu(number: &[u8]) -> bool {
    (10 - weighted(number, &[7, 1, 3, 9, 7, 1, 3]) % 10) % 10 == at(number, 7) && !all_same(number)
}

/// Mexican account numbers: weights 3, 7, 1, complement to 10.
pub(super) fn mx_clabe(number: &[u8]) -> bool {
    let sum = weighted(number, &[3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1, 3, 7]);
    (10 - sum % 10) % 10 == at(number, 17) && !all_same(number)
}

pub(super) fn ec_cedula(number: &[u8]) -> bool {
    matches!(digits(number, 0, 2), 1..=24 | 30) && at(number, 2) < 6 && luhn(number)
}

pub(super) fn pe_ruc(number: &[u8]) -> bool {
    let check = 11 - weighted(number, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    matches!(digits(number, 0, 2), 10 | 15 | 16 | 17 | 20) && at(number, 10) == check % 10
}

// --- North and Baltic ---

pub(super) fn se_personal(number: &[u8]) -> bool {
    let from = number.len().saturating_sub(10);
    let short = number.get(from..).unwrap_or(&[]);
    let day = digits(short, 4, 6);
    // Coordination numbers add 60 to the day.
    is_day(if day > 60 { day - 60 } else { day }, digits(short, 2, 4)) && luhn(short)
}

pub(super) fn no_personal(number: &[u8]) -> bool {
    let check = |weights: &[u8]| (11 - weighted(number, weights) % 11) % 11;
    // Other kinds of numbers add 40 to day or month.
    is_day(digits(number, 0, 2) % 40, digits(number, 2, 4) % 40)
        && check(&[3, 7, 6, 1, 8, 9, 4, 5, 2]) == at(number, 9)
        && check(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) == at(number, 10)
}

pub(super) fn dk_cpr(number: &[u8]) -> bool {
    day_month_year(number)
}

pub(super) fn fi_hetu(number: &[u8]) -> bool {
    // With a letter as the mark of the century it has eleven characters, with a dash ten.
    let (date, tail) = (digits(number, 0, 6), if number.len() == 11 { 7 } else { 6 });
    let check = (date * 1000 + digits(number, tail, tail + 3)) % 31;
    day_month_year(number) && number.last() == b"0123456789ABCDEFHJKLMNPRSTUVWXY".get(check as usize)
}

pub(super) fn is_kennitala(number: &[u8]) -> bool {
    let check = (11 - weighted(number, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    is_day(digits(number, 0, 2) % 40, digits(number, 2, 4)) && check == at(number, 8)
}

/// Estonia and Lithuania.
pub(super) fn baltic(number: &[u8]) -> bool {
    let rest = weighted(number, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let rest = if rest == 10 { weighted(number, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10 } else { rest };
    (1..=8).contains(&at(number, 0)) && year_month_day(number, 1) && rest == at(number, 10)
}

pub(super) fn lv_personal(number: &[u8]) -> bool {
    let sum = weighted(number, &[1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    number.starts_with(b"32") || day_month_year(number) && (1101 - sum) % 11 % 10 == at(number, 10)
}

// --- Central and Eastern Europe ---

/// As an IBAN's, with the letters of the country behind it (ISO 13616): `PL` counts as 2521.
pub(super) fn pl_account(number: &[u8]) -> bool {
    let Some((check, account)) = number.split_at_checked(2) else { return false };
    let digits = account.iter().chain(b"2521").chain(check);
    number.len() == 26 && digits.fold(0, |rest, digit| (rest * 10 + u32::from(digit & 15)) % 97) == 1
}

pub(super) fn pl_pesel(number: &[u8]) -> bool {
    let sum = weighted(number, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
    is_day(digits(number, 4, 6), digits(number, 2, 4) % 20) && (10 - sum % 10) % 10 == at(number, 10)
}

pub(super) fn pl_nip(number: &[u8]) -> bool {
    weighted(number, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == at(number, 9) && !all_same(number)
}

pub(super) fn cz_birth(number: &[u8]) -> bool {
    let month = digits(number, 2, 4) % 50;
    let month = if month > 20 { month - 20 } else { month };
    is_day(digits(number, 4, 6), month) && (number.len() == 9 || digits(number, 0, 10).is_multiple_of(11))
}

pub(super) fn hu_tax(number: &[u8]) -> bool {
    number.starts_with(b"8") && weighted(number, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == at(number, 9)
}

pub(super) fn hu_taj(number: &[u8]) -> bool {
    weighted(number, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == at(number, 8) && !all_same(number)
}

pub(super) fn ro_cnp(number: &[u8]) -> bool {
    let rest = weighted(number, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    (1..=9).contains(&at(number, 0))
        && year_month_day(number, 1)
        && at(number, 12) == if rest == 10 { 1 } else { rest }
}

pub(super) fn bg_egn(number: &[u8]) -> bool {
    let month = digits(number, 2, 4) % 20;
    is_day(digits(number, 4, 6), month)
        && weighted(number, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == at(number, 9)
}

/// Slovenia, Serbia and their neighbors.
pub(super) fn jmbg(number: &[u8]) -> bool {
    let check = 11 - weighted(number, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    day_month_year(number) && at(number, 12) == if check > 9 { 0 } else { check }
}

pub(super) fn gr_afm(number: &[u8]) -> bool {
    let sum: u32 = (0..8).map(|place| at(number, place) << (8 - place)).sum();
    sum % 11 % 10 == at(number, 8) && !all_same(number)
}

pub(super) fn gr_amka(number: &[u8]) -> bool {
    day_month_year(number) && luhn(number)
}

pub(super) fn ru_snils(number: &[u8]) -> bool {
    let sum = weighted(number, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
    u64::from(sum) == digits(number, 9, 11) && !all_same(number)
}

pub(super) fn ru_inn(number: &[u8]) -> bool {
    let check = |weights: &[u8]| weighted(number, weights) % 11 % 10;
    if number.len() == 10 {
        return check(&[2, 4, 10, 3, 5, 9, 4, 6, 8]) == at(number, 9);
    }
    check(&[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == at(number, 10)
        && check(&[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == at(number, 11)
}

pub(super) fn tr_tckn(number: &[u8]) -> bool {
    let odd: u32 = [0, 2, 4, 6, 8].into_iter().map(|place| at(number, place)).sum();
    let even: u32 = [1, 3, 5, 7].into_iter().map(|place| at(number, place)).sum();
    let sum: u32 = number.iter().take(10).map(|byte| value(*byte)).sum();
    at(number, 0) > 0 && (odd * 7 + 100 - even) % 10 == at(number, 9) && sum % 10 == at(number, 10)
}

// --- Asia, Oceania, Africa ---

pub(super) fn il_id(number: &[u8]) -> bool {
    luhn(number)
}

pub(super) fn ae_id(number: &[u8]) -> bool {
    number.starts_with(b"784") && luhn(number)
}

pub(super) fn sa_id(number: &[u8]) -> bool {
    matches!(number.first(), Some(b'1' | b'2')) && luhn(number)
}

pub(super) fn in_aadhaar(number: &[u8]) -> bool {
    at(number, 0) > 1 && verhoeff(number)
}

pub(super) fn in_pan(number: &[u8]) -> bool {
    number.get(3).is_some_and(|kind| b"PCHFATBLJG".contains(kind)) && digits(number, 5, 9) > 0
}

pub(super) fn cn_resident(number: &[u8]) -> bool {
    let sum = weighted(number, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    (11..=91).contains(&digits(number, 0, 2))
        && (1900..=2035).contains(&digits(number, 6, 10))
        && is_day(digits(number, 12, 14), digits(number, 10, 12))
        && number.last() == b"10X98765432".get((sum % 11) as usize)
}

pub(super) fn jp_my_number(number: &[u8]) -> bool {
    let rest = weighted(number, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    at(number, 11) == if rest < 2 { 0 } else { 11 - rest }
}

pub(super) fn kr_rrn(number: &[u8]) -> bool {
    year_month_day(number, 0) && (1..=8).contains(&at(number, 6)) && {
        let sum = weighted(number, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
        let check = (11 - sum % 11) % 10;
        // Foreigners' numbers add two; since 2020 the last digit is drawn.
        check == at(number, 12) || (check + 2) % 10 == at(number, 12)
    }
}

pub(super) fn kr_rrn_shape(number: &[u8]) -> bool {
    year_month_day(number, 0) && (1..=8).contains(&at(number, 6))
}

pub(super) fn tw_id(number: &[u8]) -> bool {
    let Some(letter) = number.first() else { return false };
    let Some(code) = b"ABCDEFGHJKLMNPQRSTUVXYWZIO".iter().position(|known| known == letter) else {
        return false;
    };
    let code = code as u32 + 10;
    let sum =
        code / 10 + code % 10 * 9 + weighted(number.get(1..).unwrap_or(&[]), &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    sum.is_multiple_of(10) && matches!(number.get(1), Some(b'1' | b'2' | b'8' | b'9'))
}

pub(super) fn sg_nric(number: &[u8]) -> bool {
    let sum = weighted(number.get(1..).unwrap_or(&[]), &[2, 7, 6, 5, 4, 3, 2]);
    let (add, letters): (u32, &[u8]) = match number.first() {
        Some(b'S') => (0, b"JZIHGFEDCBA"),
        Some(b'T') => (4, b"JZIHGFEDCBA"),
        Some(b'F') => (0, b"XWUTRQPNMLK"),
        Some(b'G') => (4, b"XWUTRQPNMLK"),
        Some(b'M') => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    number.last() == letters.get(((sum + add) % 11) as usize)
}

pub(super) fn hk_id(number: &[u8]) -> bool {
    let letters = number.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let mut sum = if letters == 1 { 36 * 9 } else { at(number, 0) * 9 };
    sum += at(number, letters.saturating_sub(1)) * 8;
    sum += weighted(number.get(letters..).unwrap_or(&[]), &[7, 6, 5, 4, 3, 2]);
    (sum + at(number, letters + 6)).is_multiple_of(11)
        && number.last().is_some_and(|last| last.is_ascii_digit() || *last == b'A')
}

pub(super) fn th_id(number: &[u8]) -> bool {
    let sum = weighted(number, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    at(number, 0) > 0 && (11 - sum % 11) % 10 == at(number, 12)
}

pub(super) fn my_nric(number: &[u8]) -> bool {
    year_month_day(number, 0)
        && !matches!(digits(number, 6, 8), 0 | 17..=20 | 69..=70 | 73 | 80..=81 | 94..=97)
}

pub(super) fn id_nik(number: &[u8]) -> bool {
    let day = digits(number, 6, 8);
    (11..=99).contains(&digits(number, 0, 2))
        && is_day(if day > 40 { day - 40 } else { day }, digits(number, 8, 10))
}

pub(super) fn au_tfn(number: &[u8]) -> bool {
    weighted(number, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11) && !all_same(number)
}

pub(super) fn au_abn(number: &[u8]) -> bool {
    let sum = weighted(number, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    at(number, 0) > 0 && (sum - 10).is_multiple_of(89)
}

pub(super) fn au_medicare(number: &[u8]) -> bool {
    (2..=6).contains(&at(number, 0)) && weighted(number, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == at(number, 8)
}

pub(super) fn nz_ird(number: &[u8]) -> bool {
    let mut padded = *b"000000000";
    for (to, from) in padded.iter_mut().rev().zip(number.iter().rev()) {
        *to = *from;
    }
    let check = |weights: &[u8]| (11 - weighted(&padded, weights) % 11) % 11;
    let first = check(&[3, 2, 7, 6, 5, 4, 3, 2]);
    let check = if first == 10 { check(&[7, 4, 3, 2, 5, 2, 7, 6]) } else { first };
    (10_000_000..=150_000_000).contains(&digits(number, 0, number.len())) && check == at(&padded, 8)
}

pub(super) fn za_id(number: &[u8]) -> bool {
    year_month_day(number, 0) && at(number, 10) < 3 && luhn(number)
}

// --- Devices ---

pub(super) fn iccid(number: &[u8]) -> bool {
    number.starts_with(b"89") && luhn(number)
}

/// Not all the same, and not counted up: what people write into examples is no account.
pub(super) fn varied(number: &[u8]) -> bool {
    !all_same(number)
}

/// Driving licenses of India: a state, an office, a year and seven digits.
pub(super) fn in_licence(number: &[u8]) -> bool {
    const STATES: &str = " ap ar as br cg ch dd dl dn ga gj hp hr jh jk ka kl la ld mh ml mn mp mz nl od or pb py rj sk tn tr ts tg uk up wb an ";
    crate::detect::is_listed(number.get(..2).unwrap_or(&[]), STATES)
        && matches!(digits(number, 4, 8), 1960..=2039)
}

/// Devices of Apple: the number of the chip, with four zeros before it, then sixteen hex digits.
pub(super) fn apple_device(number: &[u8]) -> bool {
    matches!(number, [b'0', b'0', b'0', b'0', b'6' | b'8', ..]) && number.iter().all(u8::is_ascii_hexdigit)
}

/// Workers of Brazil (PIS, PASEP, NIT).
pub(super) fn br_pis(number: &[u8]) -> bool {
    let rest = weighted(number.get(..10).unwrap_or(&[]), &[3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    at(number, 10) == if rest < 2 { 0 } else { 11 - rest } && !all_same(number)
}

/// Health cards of Ontario: ten digits with Luhn, and perhaps a version of two letters.
pub(super) fn ca_health(number: &[u8]) -> bool {
    number.get(..10).is_some_and(luhn)
}

/// Cards of Sri Lanka: the letter says whether somebody votes.
pub(super) fn lk_nic(number: &[u8]) -> bool {
    number.len() == 12 || matches!(number.last(), Some(b'V' | b'X'))
}

/// Fifteen digits with Luhn, or sixteen without: the last two are then a software version.
pub(super) fn imei(number: &[u8]) -> bool {
    number.len() == 16 || luhn(number)
}

/// VAT numbers: who gives them out, and how long those are (Council Directive 2006/112/EC, article 215).
pub(super) fn vat(number: &[u8]) -> bool {
    let Some((country, rest)) = number.split_at_checked(2) else { return false };
    match country {
        b"AT" => rest.len() == 9 && rest.first() == Some(&b'U'),
        b"NL" => rest.len() == 12 && rest.get(9) == Some(&b'B'),
        b"FR" => rest.len() == 11,
        b"BE" | b"PL" | b"SK" => rest.len() == 10,
        b"BG" | b"CZ" => (8..=10).contains(&rest.len()),
        b"DE" | b"EE" | b"EL" | b"GR" | b"PT" | b"ES" | b"CY" => rest.len() == 9,
        b"DK" | b"FI" | b"HU" | b"LU" | b"MT" | b"SI" => rest.len() == 8,
        b"IE" => (8..=9).contains(&rest.len()),
        b"HR" | b"IT" | b"LV" => rest.len() == 11,
        b"LT" | b"GB" | b"XI" => matches!(rest.len(), 9 | 12),
        b"RO" => (8..=10).contains(&rest.len()),
        b"SE" => rest.len() == 12,
        _ => false,
    }
}

/// Polish REGON of nine or fourteen digits.
pub(super) fn pl_regon(number: &[u8]) -> bool {
    let weights: &[u8] =
        if number.len() == 9 { &[8, 9, 2, 3, 4, 5, 6, 7] } else { &[2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8] };
    weighted(number, weights) % 11 % 10 == at(number, weights.len()) && !all_same(number)
}

/// Spanish social security: province, serial and a remainder by 97.
pub(super) fn es_nuss(number: &[u8]) -> bool {
    let (province, serial) = (digits(number, 0, 2), digits(number, 2, 10));
    let whole =
        if serial < 10_000_000 { province * 10_000_000 + serial } else { province * 100_000_000 + serial };
    (1..=66).contains(&province) && whole % 97 == digits(number, 10, 12)
}

/// Australian company numbers: weights 8 to 1, complement to 10.
pub(super) fn au_acn(number: &[u8]) -> bool {
    let sum = weighted(number, &[8, 7, 6, 5, 4, 3, 2, 1]);
    (10 - sum % 10) % 10 == at(number, 8) && !all_same(number)
}

/// Maestro of twelve digits: an issuer's range, Luhn.
pub(super) fn card_12(number: &[u8]) -> bool {
    matches!(
        number,
        [b'5', b'0' | b'6'..=b'8', ..] | [b'6', b'0' | b'3' | b'7', ..] | [b'0', b'6', b'0', b'4', ..]
    ) && luhn(number)
}
