//! Numbers of patients in messages of HL7 v2: the first one of PID-3, or of PID-2 where that is empty. A segment is told by the date of
//! birth and the sex that it has in PID-7 and PID-8.

use super::{Detector, Probe, Site, Spec};
use crate::Class;
use core::ops::Range;

pub(super) struct Patient;

impl Detector for Patient {
    fn spec(&self) -> Spec {
        Spec::new("hl7-patient", Class::Health, "Numbers of patients in messages of HL7 v2")
            .finds(&[
                "ADT^A01 rejected, PID|1||«2378105»^^^HOSP^MR||Example^Ann||19620316|F",
                "PID|1|«E123456»|||Example^Ann||19620316|M|",
                "\nPID|1||«12345678»^^^A^MR~987654321^^^B^SS||Example^Ann^B||19620316|F||",
            ])
            .passes_over(&[
                "PID|1||^^^HOSP^MR||Example^Ann||19620316|F",
                "PID|1||2378105^^^HOSP^MR||Example^Ann||19620316|run",
                "OBX|1||2378105^^^HOSP^MR||Example^Ann||19620316|F",
                "PID|1||[health]^^^HOSP^MR||Example^Ann||19620316|F",
            ])
    }

    fn sites(&self) -> &[Site] {
        &[Site::Number]
    }

    fn confirm(&self, probe: &Probe<'_>, at: usize) -> Option<Range<usize>> {
        /// How long the fields before the date may be.
        const LONGEST: usize = 160;
        const SEGMENT: &[u8] = b"PID|";
        let end = at + 8;
        let told = probe.before(at) == b'|'
            && probe.byte(end) == b'|'
            && matches!(probe.byte(end + 1), b'F' | b'M' | b'O' | b'U' | b'A' | b'N')
            && !probe.byte(end + 2).is_ascii_alphanumeric();
        if !told || !super::ids::is_birth_date(probe.slice(at..end)) {
            return None;
        }
        let line = probe.reach_back(at, LONGEST, |byte| !matches!(byte, b'\n' | b'\r'));
        probe.count(at - line);
        let segment = line + memchr::memmem::rfind(probe.slice(line..at), SEGMENT)? + SEGMENT.len();
        let field = |at: usize| probe.reach(at, LONGEST, |byte| byte != b'|');
        let number = |at: usize| {
            let end = probe.reach(at, 24, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let digits = probe.slice(at..end).iter().filter(|byte| byte.is_ascii_digit()).count();
            let whole = matches!(probe.byte(end), b'^' | b'|' | b'~') && digits > 3;
            whole.then_some(at..end)
        };
        let second = field(segment) + 1;
        number(field(second) + 1).or_else(|| number(second))
    }
}
