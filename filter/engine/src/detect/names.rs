//! What names of people are made of: given names that many people have, words before names, and words that no name has.
//!
//! Words are compared without their accents (`Élodie`, `Elodie`), in any case. Says of words what they are, and nothing of where they
//! stand.

use super::is_listed;
use core::cmp::Ordering;

/// A word in small letters without accents, as names are compared. Longer words are cut.
pub(super) struct Folded {
    letters: [u8; Self::LONGEST],
    length: usize,
}

impl Folded {
    const LONGEST: usize = 23;

    /// Letters of a word; what joins its parts is left out. `spelled` writes umlauts as addresses do (`ue`).
    #[inline(never)]
    pub(super) fn of(word: &[u8], spelled: bool) -> Self {
        /// U+00C0 to U+00FF.
        const LATIN: &[u8; 64] = b"aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo*ouuuuyty";
        /// U+0100 to U+017F.
        const EXTENDED: &[u8; 128] = b"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllllll\
              lnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
        let mut folded = Self { letters: [0; Self::LONGEST], length: 0 };
        let mut bytes = unescaped(word);
        while let Some(byte) = bytes.next() {
            let letter = match byte {
                b'a'..=b'z' => byte,
                b'A'..=b'Z' => byte | 0x20,
                0xc3 => {
                    let low = bytes.next().unwrap_or(0) & 0x3f;
                    folded.push(LATIN.get(usize::from(low)).copied().unwrap_or(b'*'));
                    // ä, ö, ø, ü, and ß.
                    match low & 0x1f {
                        0x04 | 0x16 | 0x18 | 0x1c if spelled => b'e',
                        0x1f if low == 0x1f => b's',
                        _ => continue,
                    }
                }
                0xc4 | 0xc5 => {
                    let low = bytes.next().unwrap_or(0) & 0x3f;
                    EXTENDED.get(usize::from(byte - 0xc4) * 64 + usize::from(low)).copied().unwrap_or(b'*')
                }
                0x80.. => b'*',
                _ => continue,
            };
            folded.push(letter);
        }
        folded
    }

    fn push(&mut self, letter: u8) {
        if let Some(place) = self.letters.get_mut(self.length) {
            *place = letter;
            self.length += 1;
        }
    }

    pub(super) fn letters(&self) -> &[u8] {
        self.letters.get(..self.length).unwrap_or(&[])
    }
}

/// The bytes of a word; letters of a form are read as what they stand for: `In%C3%A9s`.
fn unescaped(word: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let digit = |byte: u8| (byte as char).to_digit(16);
    let mut at = 0;
    core::iter::from_fn(move || {
        let byte = *word.get(at)?;
        let escape = (byte == b'%').then(|| Some((digit(*word.get(at + 1)?)?, digit(*word.get(at + 2)?)?)));
        let read = match escape.flatten() {
            Some((high, low)) => {
                at += 2;
                (high * 16 + low) as u8
            }
            None => byte,
        };
        at += 1;
        Some(read)
    })
}

/// Whether a word is a given name that many people have, in some country, and hardly anything else.
#[inline(never)] // asked in several places
pub(super) fn is_given(word: &[u8]) -> bool {
    // Most words are told from names by their ends.
    let known = |letters: &[u8]| {
        let [first @ b'a'..=b'z', rest @ ..] = letters else { return false };
        GIVEN.get(usize::from(first - b'a')).is_some_and(|names| is_in_order(rest, names))
    };
    // Of a double name the first: `Jean-Pierre`.
    let first = word.split(|byte| *byte == b'-').next().unwrap_or(&[]);
    known(Folded::of(first, false).letters())
        || first.first().is_some_and(|byte| !byte.is_ascii())
            && (is_listed(first, CYRILLIC) || is_listed(first, GREEK) || is_listed(first, FAMILIES))
}

/// Whether a letter is of a script in which names of East Asia are written.
pub(super) const fn is_eastern_letter(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{30fa}' | '\u{30fc}' | '々' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Whether text is a name of East Asia: a family name that many have, and one to three letters that may stand apart.
#[inline(never)] // asked in several places
pub(super) fn is_eastern(text: &str) -> bool {
    /// The family names of one syllable that nine of ten Koreans have.
    const KOREAN: &str = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모장남탁국";
    /// Those of one character that four in five people of China have.
    const CHINESE: &str = "石王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛闫段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴武戴莫孔向汤湯欧歐";
    let given = |rest: &str, most: usize| {
        let rest = rest.strip_prefix([' ', '　']).unwrap_or(rest);
        (1..=most).contains(&rest.chars().count()) && rest.chars().all(is_eastern_letter)
    };
    let mut letters = text.chars();
    let Some(first) = letters.next().filter(|letter| is_eastern_letter(*letter)) else { return false };
    let rest = letters.as_str();
    let one = CHINESE.contains(first)
        && rest.chars().all(|letter| matches!(letter, ' ' | '\u{4e00}'..='\u{9fff}'))
        || KOREAN.contains(first)
            && rest.chars().all(|letter| matches!(letter, ' ' | '\u{ac00}'..='\u{d7a3}'));
    let ends = text.char_indices().skip(1).take(3).map(|(at, _)| at);
    one && given(rest, 2)
        || ends
            .filter_map(|at| text.split_at_checked(at))
            .any(|(family, rest)| is_listed(family.as_bytes(), FAMILIES) && given(rest, 3))
}

/// Whether a word is one of a list in ascending order with a space around each: a bisection, since some lists have hundreds.
fn is_in_order(word: &[u8], list: &str) -> bool {
    let list = list.as_bytes();
    let is_space = |byte: &u8| *byte == b' ';
    let (mut from, mut to) = (1, list.len());
    while from < to {
        let middle = from + (to - from) / 2;
        let before = list.get(from..middle).and_then(|words| words.iter().rposition(is_space));
        let start = before.map_or(from, |space| from + space + 1);
        let rest = list.get(start..).unwrap_or(&[]);
        let known = rest.split(is_space).next().unwrap_or(&[]);
        match known.cmp(word) {
            Ordering::Equal => return !known.is_empty(),
            Ordering::Less => from = start + known.len() + 1,
            Ordering::Greater => to = start - 1,
        }
    }
    false
}

/// How the words of given names go on, by their first letter, in ascending order.
static GIVEN: [&str; 26] = [
    " aliyah arav aron ase ashi atu bbie bby bdul bdulaziz bdullah bdulrahman bebe beer bel bena bigail braao chieng chille \
     chim daeze dalberto dam damantia ddison debayo deel del dela dele delheid delina deline deola dil dina diti ditya dnan \
     dolf drian driana drianna driano drien drienn dwoa faf fia fonso gata gathe gathi gnes gneta gnete gnieszka gostino \
     gota gustin hlam hmad hmed hmet huva icha ida idan igerim ileen ilsa ilton iman imee inars inhoa ino irton isha isling \
     issatou itana itor ivar jit kane kari kash ke kemi kihiko kihiro kiko kinori kinyi kio kira kos kosua ksel kshata kshay kua laa \
     lain lana lannah lasdair lba lban lbane lbert lberta lberto lbina lbrecht lda ldo lec lejandra lejandro leksa leksandar \
     leksander leksandr leksandra leksei leksey leksi lena lenka les lessandra lessandro lessia lessio lex lexa lexander \
     lexandra lexandre lexandros lexandru lexei lexey lexia lexis lfie lfons lfonso lfred lfredo lgirdas li lice licia licja \
     lida lin lina line lisha lison lisson listair lix liya lkis llan llison lma lmaz lmudena lois lper lphonse ltan ltea \
     lthea lvaro lvin lyson lyssa lzbeta madou maia maka malia malie manda mandeep mandine mar mara maury mbre medeo melia \
     melie merigo mina mir mit mitabh mjad mmar mnon mol mos mparo mrita my na nahit nais nand nanya nas nastasia nastasios \
     nastasiya nat natole natoly nca nder nders nderson ndi ndoni ndra ndras ndre ndrea ndreas ndree ndreea ndrei ndrej \
     ndres ndrew ndrey ndris ndrzej ndy neta nett neurin nezka ngel ngela ngeles ngelica ngelika ngeliki ngelina ngelique \
     ngelo ngus ngustias nica nika niket niko nil nindita nirudh nis nish nisoara nita nja njali nju nke nkit nkita nkur nn \
     nna nnabel nnabelle nnalisa nnamaria nnarita nne nnegret nneke nneli nnelie nnelies nneliese nnelise nnemarie nnett \
     nnette nni nnick nnie nnika nnunziata nong noop nouk nselm nselme nselmo nsgar nshul ntanas ntero nthony ntje ntoine \
     ntoinette nton ntonella ntoni ntonia ntonin ntonio ntonis ntti nuj nupam nuradha nurag nusha nushka nwar nya nze oife \
     parecida parna pinya polline postolos raceli ram raminta rantxa rarat rchana rchie rda rgyro riana riane rianna rie \
     rief riel ristide ristidis rja rjun rkadiusz rkady rlene rlo rmand rmanda rmando rmelle rmen rmin rnab rnaldo rnau \
     rnaud rnav rndt rne rnel rnim rno rnold roha roldo rpad rsen rshad rtem rthur rto rttu rtur rturo rturs rtyom run runa runas \
     rvid rvind rzu sa saf sami sbjorn sel sep sha shish shlee shleigh shley shok shton shutosh shwin shwini sier sif slam \
     sli sma ssunta stri strid suka suman suncion thanasia thanasios tieno tsuko tsushi ttila ttilio tul ubin ubrey ude udra \
     udrey udrius ugusta ugustin ugusto ugustus urel urelia urelie urelien urelio urimas va very vi vigail vinash vital xel \
     xelle ya yaka yako yame yano ybuke ydin yelet yesha yhan yla ylin yman ymeric ynur yodele youb yse ysegul ysel ysun \
     ytac yu yumi yush zamat zhar ziz ziza zra zucena ",
    " abajide abar abatunde adr aerbel ahaa alaji alazs alint alwinder ambang aptiste arbara arbel arbora arend aris arnabe arnaby \
     arney arry art artlomiej artolomeo artosz aruch asak asem ashir asile asma astiaan astian astien attista atya audouin \
     auke ayu eata eate eatrice eatrix eatriz ecky egona egum ekele ekzod ela elen elgin elinda ella en ence enedek enedetta \
     enedetto enedict enedikt engt enicio enigno enito enjamin enjie enno enny enoit ente erend erenger erengere erenice \
     erkay erna ernadet ernadette ernard ernardete ernardo ernat ernd ernhard ernward erta ertha erthold ertil ertille \
     ertram ertrand eth ethan ethany ettina etul everley everly eyza hagwan harat harati havana havesh havna hushan huvan \
     ianca ibiana ilal iljana irgit irgitta irgitte irte jarne jorn lake lanca landine lanka lazej oaz odil odo ogdan \
     oglarka ogumila oguslaw ohdan ohumil ohuslav ojan ojana onaventura ongani onnie oris orja orje ostjan otond ouchra owen \
     ozena rad radford radley rahim ram randen randi rando randon ranislav ranka ranko reanna rechtje renda rendan reno rent \
     retislav rett rian riana rianna rice ridget rielle rigida rigitta rigitte ritney ritta rittany rittney ronislaw \
     ronislawa ronwen rooke ruce runa runella runhilde runo ryan ryce ryony udi ukola ulent urak urcu urhan urkhard ushra \
     usra yron ",
    " aden agla ahya aio aitlin aitlyn aleb alixte allie allum alogero alvin amelia ameron amila amilla amille amilo anan anberk \
     andela andelaria andice andida aner ansu aoimhe apucine aridad arina arl arla arlo arlos arlota arlotta arlton arly \
     arme armela armelo armen armine arol arola arole arolin arolina aroline arolyn arrie arson arsten arwyn asey aspar \
     asper assandra assia assidy assie atalin atalina atarina aterina athal atherine athrin athy atriona aua ayetano ecil \
     ecile ecilia edric eleste elestin elestino elia elina eline elso em emal emile engiz erys esar esare ezara ezary haim \
     haitanya haiwat hana handan handrashekhar hantal hara haralampos harlene harles harlie harlotte harmaine haru helsea \
     heryl hetan hetna hiamaka hiara hidi hie hieko hiharu hika hinedu hioma hirag hitra hiyo hloe hris hrista hristel \
     hristelle hristian hristiane hristie hristina hristine hristof hristoph hristophe hristopher hristos hristy hrysoula \
     hukwuemeka ian iara iaran icero igdem illian indy inzia iprian iro itra laire lara larence larissa larisse laude laudia \
     laudio laudiu laus layton lea leber leide lelia lemence lemens lement lemente lementine leo leopatra lifford lifton \
     lint linton live lodagh loe lotilde lyde odrin odruta ody oen olby olette olin olleen ollin onan onceicao oncetta onnor \
     onor onrad onsolata onstanca onstance onstantin onstanze onsuelo ora oralie orazon orentin orey orina orinna orinne \
     ormac orne ornel ornelia ornelis ornelius orrie osima osimo oskun osmin ostantino ostanza ostel ostin ourtney raig \
     ressida rispin risti ristian ristiana ristiane ristiano ristina ristobal ristoforo saba silla tibor urtis ynthia yprien \
     yrielle yril yrille zeslaw ",
    " aan ace afna afydd agmar agmara agny aiane aichi aigo aiki ainius aisuke aksh alia alibor amian amiano amien amon ana \
     ane anica aniel aniela aniele aniella anielle anijel anijela anilo anique anny anuta aphne arcy aria ario arius ariush ariusz \
     arko arlene arnell arragh arrell arren arryl arshan arya aryl ave avi avid avide avit avor awid eanna ebashish ebasish \
     ebbie ebora eborah ebra eclan edi eepa eepak eepali eepika efne eidre eimante eirdre eise ejan elia ella elphine elroy \
     emet emetrio emi enes enilson enis enisa enise ennis enzel erek errick erya esiree esislava esmond espina esta etlef \
     etlev evansh evendra evika evin evon ewayne ewi exter ezso hananjay harmendra hruv iana iane ianne idier iego ieter \
     ietmar ietrich ilara ilek iletta ilip ilnoza imitra imitri imitrios imitris ina inara inesh inis ino iogo ionysis irce \
     irk ivina ivya ivyansh mitri mitriy mitry mytro obromila ogan oina olores omenica omenico ominic ominik ominika \
     ominique onal onald onatella onato ongwook onna onovan oreen orian oriana oriane orin oris orota orothea orothee orothy \
     orthe ouglas ouwe oyle oyun ragan ragana ragos rahomira razen ries riss ror uane uarte ubravka uc uco ulce umitra \
     umitru uncan urga usan uska ustin uygu vora wayne wight ylan ympna ",
    " amon amonn aston bba bbe bere berhard bru ckart ckhard ddie delmiro deltraud dgar dgard dgardo dgars dilene dilson din \
     dina dit dith dmond dmund dna doardo douard dson duard duarda duardo durne dward dwin dwina dyta elco ero eva ffie fi \
     frain frat ftychia fua gidio gle gon hud iichi ija iji iko ileen ilidh imear ino irik itan ivind katerina kkehard krem \
     kta lad ladio laine lcin ldad lea leanor lefteria leftherios lena leni leonora leonore leri lfriede lia liana liane \
     lias lie liette liezer lif ligio lijah lin lina line linor lio liott lisa lisabeth lisabetta lisangela lise liseo \
     lisheva liska liza lizabeth lizaveta lke lkin lla llen llie llinor lliot lliott lmar lmer lodie lof loi loisa loise \
     lpida ls lsa lsie lske lspeth lvio lvir lvira lvis lwood lzbieta mad man manuel manuela manuele meka mel meline meric \
     merson mese miel miko mil mile milia miliano milie milio mily min mina mine mir mma mmanouil mmanuel mmanuelle mmerich \
     mmet mmett mmi mrah mre ncarna ncarnacion ndang ndre nea neko nes ngin nguerrand niko nno nora nric nrica nrico nrique \
     nriqueta nsio nza nzo oghan oin ran rcole rdal rdem rdinc rdogan ren rgun rhan rhard ric rica rich rick rik rika rin \
     rkan rland rmanno rna rnest rnesta rnesto rnst rol rrol rsin rtugrul rwin rzsebet sa sin sko sma sme smee spen speranza \
     sra steban stefania stelle sther szter than thel tienne tsuko tta ttore udes ufemia ugen ugene ugenia ugenie ugenio \
     ulalia ulalie unice unji unjung usebio va van vangelia vangeline vangelos veliina velin velina velyn velyne verardo \
     verett vert verton vgenia vgeniy vgeny vzen wa wald welina yal ylul zekiel zgi zra ",
    " abia abian abiana abien abienne abio abiola abrice abricio abrizia abrizio acundo adi adia adime adwa ahad ahri aisal \
     aizan ajar anny arah ares arhad arhan arid arida arouk aruk athi atih atiha atima atma atoumata austine austo avio awad aye ayza \
     ederica ederico edor elicia eliciano elicie elicien elicitas elicity elipe elisa elix emi emke enja enna enne erdinand \
     erdinando erenc ergal ergus erhat eride erit ermin ernand ernanda ernande ernando ernao erran erruccio eyza fion igen \
     iliberto ilip ilipa ilippa ilippo iliz ilomena inja inlay inley intan iona ionn ionnuala iorella iorenza iras itri \
     laminia lavia lavio lemming leur loortje lorence lorencio lorent lorentin lorentina lorian loriane lorin loris loyd \
     okke olake olasade ortunato osco otini otis ouad ozia rado ranca rances rancesc rancesca rancesco ranciele rancielle rancine \
     rancis rancisca rancisco ranciszek ranck ranco rancois rancoise rank rankie ranklin rans rantisek ranz ranziska rauke \
     red reda reddie rederic rederick rederik rederique redrika reek reja reya rida riedemann rieder riederike riedhelm \
     riedrich ritz rode roukje ruzsina ulvia ulvio ulya umie umiko umio umiya unda unmilayo urio urkan ",
    " abi abin abor abriel abriela abriele abriella abrielle adi ael aelle aetan aetano agan ail alina alit amze anesh \
     arance arazi areth arrett arry ary aspar aspard aspare aston aurav autam autami authier autier avin ayatri ayle ede \
     eert eertje eeta eetha emma enevieve enji ennady ennaro enoveva enowefa eoff eoffrey eorg eorge eorges eorgeta eorgia \
     eorgina eorgios eovana erald eraldine eraldo erard erardo erben erd erda ergana ergely ergo erhard erlinde ermain \
     ermaine ermana ernot erold errit ert ertraud ertrud ertrude esa esine ethin evorg eza hada hassan heorghe hislain \
     hislaine iacinto iacomo iada iampaolo iampiero iancarlo ianfranco ianluca ianluigi ianmarco ianmaria ianna ianni iannis \
     ianpaolo ianpietro ica ideon iedre ijs ijsbert ilad ilbert ilberte ilberto ilda ildardo illes illian ina ines inette \
     inevra inny ino intaras ioacchino iordano iorgi iorgia iorgio iorgos iovana iovanna iovanni irish isela isele isella \
     ita itta itte iuditta iulia iuliana iuliano iulio iuseppe iuseppina iustina iusy izem ladys lauber lauco len lenda lenn \
     lenys loria odefroy offredo okce okhan onca oncalo ontran onul onzalo opal opi oran ordana ordon orka orkem oro \
     ottfried otz ovind race raciela raciete raeme raham rainne razia raziano raziela raziella razyna reg regoire regor \
     regorio regory reig reta retchen rigore rigoris rigory riselda rzegorz uadalupe udrun uendalina uenole uglielmo uido \
     uilhem uilherme uilhermina uillaume uillem uillermina uillermo uislaine ulay ulcin ulden ulhan ulnara ulsah ulsen ulsum \
     ulten undula unilla unnar unnel unnhild unta unter unther untis unvor uoqiang urkan urleen urpreet ustaf ustav ustave \
     ustavo uus uven wen wenael wenaelle wendoline wendolyn wenllian wilym wyneth yorgy yula ",
    " aakon abib abiba adar adas adeel adi adley aeun afsa ailey aim aitham ajar ajime ajnalka akan akim akki akon aldun \
     aley alil alina allie aluk alvard amad amdi amid amida amish amza ana anako anan ande anh ani anife anna annah anne \
     anneke annele annelore annes anno annu ans ansjorg aoran arald ardeep ardik aris arish arley arm armen arold arpreet \
     arri arriet arrison arry arsha arshad arshita artmut artwig aruka aruki aruko arun aruna aruto arvey asan asna assan \
     assane atem atice attie avard avva ayat ayato aydar aydee ayden ayk ayley azal azel eather eba ector edvig edwig eide \
     eidemarie eidi eidrun eike eiki eikki eiko einer einrich einz eitor eleen elen elena elene elga elge elio elle elmi \
     elmut eloisa eloise elve emant end endra endrik enk ennie enning enri enrietta enriette enrik enrike enrique enry enryk \
     erbert eribert eriberto erman ermann ermine erminia ernan erta erve icham idde ideaki ideki ideko ideo ideyuki ieu \
     ikari ikaru ilal ilario ilary ilda ilde ildegard ildegund ilkka ilma ilmi iltrud ina inata ippolyte iro iroaki irofumi \
     iroki iroko iromi iroshi iroto iroyuki isako isashi isham itesh itomi itoshi iwot jalmar oang olger ollie ollis onoka \
     onorine onza orace oracio oratiu oria orst ortense ortensia ouda oward risto rvoje ubert ubertus uda ugh ugo uguette \
     ulya umberto uong usamettin useyin usnu ussain ussein uyen yacinthe yejin ynek yun yunwoo ",
    " acopo ago an bolya brahim brahima btisam chiro da dalina dan dil do doia dris estyn euan fan feanyi feoma ga gino gnacia \
     gnacio gnacy gnazio gor hab ida kechukwu kuko lan lana laria lario layda lda ldiko leana lenia lhan lias lie linca lka \
     lkay lker lkka lona lse lze mad man mane melda mke mmacolata mogen mran mre mtiaz naki nbal ndira ndra ndrek ndu neke \
     nes nese nga nge ngeborg nger ngo ngolf ngrid ngunn ngvar nigo nmaculada nna nnocenza nocencio oana oanna oannis olanda \
     on onel onela onut ordanis qbal racema rakli rem rena rene rfan ria rina rini rja rma rmgard rmtraud rving rwan sa saac \
     sabel sabela sabell sabella sabelle sadora saiah saias samu saura saure sha shaan shita sidoro sidro sis skender sla \
     smael smail smet smo sobel solde ssam stvan tai tala talo tamar tsuki tziar ulia ulian uliana ustin va van vana vano \
     veta vett vica vo vone vonne vor wona zabela zaskun zumi zzet zzy ",
    " aakko aan aana aanus aap aber abir acco acek acinta acinto ack ackie ackson acky acob acoba acopo acqueline acquelyn \
     acques ada ade aden adwiga aehyun agdish agoda aime air airo ake akob akub alal amal ames amie amila an ana anaina \
     anaki ane anek anelle anet anez ani anice anie anik anin anina anine anis anne anneke annes annik annis anos anusz \
     aqueline ared arek ari arka arkko armila armo aromir aroslav aroslaw arrod asmijn asmin asmina asmine asminka asna ason \
     asper aspreet atin aume avier awad ayant ayanti ayashree ayden ayesh ayne ean eanette eanne eannie eannine ed edidiah \
     eferson eff efferson effrey elena elle elmer emima enna enni ennie ennifer enny ens eppe eremiah eremy ericho ermaine \
     ernej eroen erome erry erzy esper esse essica esus ette hon honatan ianguo ianhua igar ihoon ikke ill illian im imin \
     immie immy indrich ing iri irina iro isoo itendra itka itske iwoo iyoung oachim oakim oan oana oanie oanna oanne oao oaquim \
     oaquin oaquina ocelyn ocelyne ochen odie oe oel oelle oep oerg oey offrey ohan ohana ohann ohanna ohannes ohn ohnathan \
     ohnnie ohnny okin oko olanda olanta olene on onah onas onathan onathon onna oonas oost ordi ordy org orge orgen orien \
     orik oris orn orrit orunn os ose osef osefa osefina osefine oselito osep oseph osephine osette osh oshua osiah osiane \
     osie osip osje osselin ost osu osue ouko ouni ovan ovana ovanka ovelyn oyce oze ozef ozsef uan uana uanita uarez udah \
     udit udith udy uergen uha uhani uho ukka ules ulia ulian uliana uliane ulianna ulianne ulie ulien uliette ulio ulita \
     ulius unaid unho unichi unji unjie unko uozas ure urema urgen urgita uris urriaan ussara ussi ustin ustine ustus ustyna \
     utta yothi ytte ",
    " aan aarina abir acper adir adri aede agan aido aija ailash aique aire aisa aitlin aitlyn aito alani alevi alina alle alliopi \
     alman alpana alyani amal amala amau amil amila amilla amlesh amran amuran ana anako anchan aori aoru apil ara aran are \
     areem arel aren arim arima arin arina arine arl arla arlheinz arlis arol aroliina arolina aroline aroly arsten arthik \
     arthikeyan artik artika aruna asey ashif ashish aspar asper ata atalin atarina atarzyna ate atell atelyn aterina \
     atharina atherine athleen athrin athryn athy atia atie atja atri atrin atrina atrine atsumi atsuya aty aua auko avita \
     avitha avya awtar aye ayla ayo ayoko azimierz azuaki azue azuhiko azuhiro azuki azuko azumi azuo azuya azuyuki eegan \
     eeley eenan ees ehinde eiichi eiji eijo eiko eira eisha eisuke eith elechi elley elli ellie elly elsey elvin emal en \
     enan endall endra endrick enichi enji enneth enny enta entaro enzie erem eren erim erri erry erstin estutis etan etevan \
     etut evin hadija haled halid halil hanh hurram iera ieran ilian illian imberley imberly inga ipchoge iprono iran \
     irandeep irill irk irsi irsten irstie irstine irsty irti itti ittisak ivanc iyoko iyomi iyoshi jell jersti jetil laas \
     lara laudia laus leber lemen nut oen ofi ohei oichi oji ojo oldo onrad onstantin onstantina onstantinos onstanze oray \
     ordula orhan orinna ornel ornelia ostas osuke otaro otone rasimir resimir rishna rishnan rista ristaps risten risti \
     ristian ristie ristiina ristijan ristin ristina ristine ristjan ristof ristoffer ristopher risty ristyna risztian \
     risztina ritika rystian rystyna rzysztof sawery senia seniya ubra uldeep ulwinder umar umari umiko unal unigunde \
     unihiko uniko urniawan ursat urt usum veta vetoslava wabena wadwo waku wame wesi yle ylian ylie yoko yra yriaki yriakos \
     yung ",
    " acey achlan adislav aercio aetitia aia aila aima ais akshman akshmi alit alita amar amberto amia ammert ander ara \
     arisa arissa arry ars asse aszlo atasha atha atifa atife atisha atoya aura aure aureano aureline auren aurence aurent \
     aurentiu aurenz aurette auri aurie avanya averne avinia awrence ayla azar ea eah eander eandra eandre eandro eann eanne \
     eela eena eendert eevi efteris eho eidy eif eigh eila eilani eire ejla eland ella ena eni enka ennart eo eocadia \
     eokadia eon eona eonard eonardo eonce eonel eonhard eonid eonidas eonie eonor eonora eontine eopold eopoldo eos erato \
     eroy eslie estari ester eszek eticia etizia evan event evente evi evin ewis exi eyla i ia iam iane ianne ibardo ibby \
     ibor ibuse idia idiane ieke iesbeth iese ieselotte iga iina iisa iisi ijun ilian iliana illa illi illian ily ina inas inda \
     indiwe indsay indsey inh innea ino inus ionel ior iora iron isa isandro isanne isbet isbeth ise isette ivia ivio iviu \
     izzie jiljana jubica jubomir lewellyn lewelyn lorenc loyd luis oane oes ogan oic ois ola one onnie orand orcan ore oredana \
     orella orena orenz orenza orenzo oretta ori orna orraine othar otta otte ottie ou ouane ouella ouis ouisa ouise ouison \
     oukas ourenco ovisa owell owri uan uana ubna ubomir ubos ubov uc uca ucas ucette ucia ucian uciana uciano ucie ucien \
     uciene ucienne ucille ucimar ucinda ucja ucjan ucrecia ucrezia ucy ucyna udek udger udivine udmila udovic udovica udwig \
     uella uigi uigia uigina uis uisa uise uiz uiza uka ukas ukasz uke ula uminita usine utfi uther utz uuk ydia ydie yle \
     ynda yndon ynette ynn ynne yse yubov yudmila ",
    " aaike aarit aarja aarten aartje aayan abel acarena achteld aciej ackenzie adalena adalina addalena addie addison \
     adeleine adeline adhav adhavi adhu adhuri adis adison adlen adoka ads ae ael aelle aelys aeva aeve afalda agali agda \
     agdalena agdolna aggie agnus ahdi ahendra aher ahesh ahmoud ahmut aho aija aik aike aiko airead airi aisie aite aiwenn \
     aja ajed ajid akena akiko akis akoto aksim aksym alachi alachy alak alati alcolm alee algorzata alik alin alini alka \
     allika allory alte amadou ami amie amoru anabu anal anami anasa anav andeep andla andy anfred anfredi anish anisha anja anju \
     anjula anjunath anjusha anlio anoj anolis anolo anon anpreet ansi ansour antas anuel anuela anvi ao ara arc arceau \
     arcel arcela arcelino arcell arcella arcelline arcello arcelo arcia arcie arcin arcio arco arcos arcus ared areike arek \
     aren argaret argarete argarida argarita argaux argherita argie argit argot argret argriet argrit arguerite aria \
     ariagrazia ariah ariam arian ariana ariane ariangela ariann arianne ariano ariapia aribel aricar aricarmen aricel \
     aricica aricla arie arieke ariella arielle ariette arija arijana arijke arijn arika ariko arilena arilene arilia arilyn \
     arin arina arine arinela arinella arinette arinus ario ariola arion arios aris arisa arisol arissa arit arita arites \
     aritza arius ariusz arja arjan arjatta arjolaine arjorie ark arketa arkku arko arkus arla arleen arlene arli arlies \
     arlis arloes arlon arsha arshall arta artha arthe artial artijn artim artin artina artine artins arton arty arvin arwa \
     arwan ary aryam aryann arzena asaaki asafumi asahiko asahiro asaki asako asami asao asaru asashi asato asayoshi asayuki \
     assimiliano assimo atei atej ateja ateo ateus ateusz atheus athew athias athieu athijs athilde athis athurin atias \
     atija atilda atilde atjaz atko atous ats att atteo attes atthew atthias atthieu atthis atti attia attias attie atyas \
     aud aude aura aureen aurice auricio aurilio aurits aurizio auro avis axence axim axime aximilian aximiliano aximo axine \
     axwell aya ayank ayara aycon ayra aysa ayu ayuko ayumi ayur ayuri azal ckenzie eaghan echthild edard eelis eena \
     eenakshi eera egan egha eghan eghana egumi ehdi ehmet ehtap ehul ehwish ei eike eiling eir elanie elchor elike elina \
     elinda elis elissa elodie eltem elvin enachem eral erce eredith erel erih erijn erike erja erle ert erve ervi eryem \
     eseret esut etin etka ette evlut ia icaela icah ichael ichaela ichal ichalis ichel ichela ichelangelo ichele ichelle \
     ichiko ichio ickael ickey idori ieczyslaw ieke ieko iguel iha ihaela ihai ihail ihaly iharu ihkel ihnea ihoko ika ikael \
     ikako ike ikel ikhail iki ikiko ikkel ikko iklos ikolaj ila ilada ilagros ilan ilena iles ilica ilind ilivoj illicent \
     illie ilorad ilos iloslav ilosz ilou ilton ilutin ina inako inami indaugas indy ingming inh inho inji injun inna innie \
     inoru inseo ira iranda ircea irco ireia ireille irel irela irella iren iriam irian irja irjam irjana irko irna iro \
     iroslav iroslava iroslaw irte irthe irva isaki isato itchell ithun itica itsuko itsuo itsuru itsuyo iwa iyako iyu iyuki \
     izuki laden ohamed ohammad ohammed ohan ohini ohit oira ojca ollie olly omir omoka omoko ona onica onika onique ontse \
     ontserrat orag ordechai organ organe oritz orten oses oshe otoko oumita ouna ounir ourad oussa oustafa pho ridula ubarak uge \
     uhammad uhammed uharrem uhsin uireann ukesh ukul ulyadi una urali urat urdo uriel urilo urray urugan usa ustafa ustapha \
     uthoni utsumi uzaffer wangi ykhailo ykola ylene yra yriam yrna yrtle yrto ",
    " aama abil abila acho ada adav adeem adege adezhda adia adim adine adir adja agehan agesh agisa aima ajat ajib ajwa \
     alan aledi alini amrata anako anami ancy andini andita andor anna ao aoki aoko aomi aoto aoya arayan arek arendra aresh \
     argis aser asir asreen asser atalia atalie atalina ataliya atalya atan atasa atasha atercia athalia athalie athan \
     athanael athaniel atia atividad atsuki atsuko atsumi attapong ava avdeep aveed aveen avin avya awal azan azareno azario \
     azia azli ebahat ebojsa ecati ecla eculai edeljko eelam eeltje eema eeraj eeta eetu eha eil ejat ejc ekane ektarios ela \
     ele ell ella ellie ello elly elson elu emanja enad enita erea ereida ergis erina eringa erys eslihan esrin essa estor \
     etanel ettie eusa evaeh even evena eville evin evio ezha goc gozi guyen guyet hung iall iamh iccolo icholas ick icklas icky \
     icla ico icodemo icola icolae icolai icolas icole icoleta icoletta icolo icusor idhi iels ienke ieves igel ihal ihat \
     iina ikau ikhil ikita ikki iklas iko ikodem ikola ikolai ikolaos ikolaus ikolay ikoleta ikolina ikos ilay ilde ilesh ilgun \
     ilima ils ilson ilufer imet ina ingsih inon ira iran irav irmala isha ishant itesh itin itya ivaldo ives izar jeri \
     joroge kechi kosana namdi neka oa oah oam oboru obuko obuo obuyuki oe oel oelia oelie oelle oemi oemia oemie ola olan \
     olwenn omsa omvula oor oortje ora orah orbert orberto oreen oriko orio oriyuki orma orman ormunds our oura ouri ovi uno \
     unzia unzio upur uran uray urcan urdan urettin urgul uri uria urit ursultan urul yambura yoman ",
    " ana binna ceane ctavia ctavian ctavio dair ddvar dete dette dhiambo dile dilon fer fir fra gnjen guz guzhan ihane isin \
     kan ksana ktay laf laia lavi lcay ldrich leg leh leksandr leksandra leksiy lena lga lgierd lha limpia live liver livia \
     livier liwia liwier lle lli llie lof luchi lumide luwaseun luwatobi lwen lympe maima maira mar mbeline mbretta mer mero \
     mkar mri nder ndrej nni nofrio nur nyango phelie ran rane razio ren reste rhan riane rietta riol rit rla rlaith rlando \
     rlane rna rnella rsola rsolya rville sama samu sborne scar skar skari sman smo snat svaldo swaldo takar tavio thman \
     tieno tilia tis ttavia ttaviano ttavio ttilie ttmar tto usmane vidio vidiu wen ystein yvind zan zden zge zgur zlem ",
    " aavo ablo aco adma admaja admavathi adraig aige aivi alesa allavi almira aloma am amela anagiota anagiotis anayiotis \
     ancrazio ankaj anu aola aolo arag aramjit araskevi aresh arisa arminder arth artha arul arvati arveen ascal ascale ascaline \
     ascual asi asquale asqualina asqualino atrice atricia atricio atrick atrik atrizia atrizio atrycja atti atty aul aula \
     aulette auli aulien aulina auline aulino aulius aulo avan avel avithra avla avlina avlo avlos awel axton ayal edro eggy \
     ekka elagia elin enelope entti epe ercy ernilla ernille errine erry erttu etar eter etr etra etre etri etro etronela \
     etros etru etter etteri hil hilibert hiline hilip hilipp hilippa hilippe hillip hilomene hoebe huong hyllis ia ier iera \
     ierangelo ierino ierluigi iero ierpaolo ierre ierrette ierrick iers ieter ietra ietro iia ilar im inar iotr ippa iret \
     irjo irkko iroska iyush lamen olina olona olyxeni ontus ooja oonam oppy orzia rabha rabhakar rachi radeep radip ragya \
     rajakta rakash ramod ranav ranay ranita rasad rasanna rasert rashant rateek ratibha ratik ratiksha raveen ravin redrag \
     reecha reeti remkumar remysl rerna riit rimitivo rimoz riscila riscilla ritam riti riya riyanka rzemek rzemyslaw uja \
     uneet urificacion urnima ",
    " asim uang uentin uinn uinten uirijn uirino uoc uynh ",
    " abia achael achana achel achid achida achna adek adha adhika adim adka admila adomir adoslav adoslava adoslaw adovan \
     adu adwan aed afael afaela afal affaele affaella afik aghav aghu aghunath agnar agnhild agnvald ahmat ahul aija aik \
     aimo aimonda aimondo ainer aissa aivis aivo aj aja ajan ajani ajat ajeev ajendra ajesh ajeshwari ajiv ajko ajkumar ajni \
     aju akesh akhi alf alph aluca amakrishna aman amandeep amesh amiro amon amona amunas amya andal andall andolph andy \
     ania anjan anjana anjit aoul aphael aphaelle aquel asa asha ashid ashmi asmus atna attana aul auno avi avindra ayan \
     ayane aymond aymonde azan azvan ebeca ebecca ebekah ebekka ecep edouane eece eena eese efik eggie egiane egina eginald \
     egine egis ehema eijo eiko einaldo einer einhard einhild einhold einier ejane eka ekha emco emedios emi emigiusz emy \
     emzi enan enata enate enato enaud ene enee ens enske enu enuka enzo eshma euben evathi eyhan eza hett hian hiannon hoda \
     hodri hona honda hys ianne icard icarda icardo iccarda iccardo icha ichard ichie ick icky ico idha idvan ifat igoberto \
     iho iikka iitta ik ika ikako ikke iko iku iley imantas ina inaldo ini inske ishabh ishi isto ita itesh itika itu itva \
     ivka iya izki izwan oald ob obbert obbie obert oberta oberto obin obson obyn occo ochelle ocio odel oderick odica odney \
     odolfo odolphe odrigo oel oelof ogelio oger ogerio ogier ohan ohini ohit oisin okas oksana oland olande olf omain oman \
     omane omano omaric omilda omina ommel omolo omuald omualdo omulo omy on onald onaldo onan oni onit onja onnie onny oos \
     ory osa osalba osalia osalie osalind osalinda osalinde osalyn osamund osana osangela osanna osanne osaria osario osaura \
     oscoe oseanne osella oselyne osemarie osemary osetta oshan oshni osie osilene osina ositsa oss ossana ossella ostislav \
     oswitha otem owan owena oxana oxane oxanna oxanne oy uan uben ubiela ubina uchi udi udiger udolf udy ufino ufus uggero \
     uggiero ui ukhsana ukmini umi umiko une upa upali upert upesh uslan ussel ussell ustam ustu uta utger uth utuja uud \
     uxandra uzena yan yo yohei yoichi yoko yoma yosuke yota yotaro yszard yuichi yuji ",
    " aana aara abin abina abine abino abri abrina achiko achin adhana adie adik aeed afaa afak ahil aida aif aija aima ajid \
     akda aki akiko akshi aku akura alah aleh alem alih alil alim alima allie ally alma alman alvador alvatore am amanta \
     amantha amar amara amarth ameer ami amia amiha amir amira ammy amuel amuele amuli anaa anchita anda andeep ander andhya \
     andor andra andrine andro andy angeeta angita angwoo aniye anja anjana anjay anjeev anjin anket anna anne anteri \
     antiago antosh aoirse apir apna ara arah arala araswati aray ardor ari arika arita arka aroj ascha asha askia athish \
     atish atoko atomi atoru atoshi atsuki atu atyam aul aulius aumya aurabh avak averio avino avita ayaka ayuri carlett \
     cott eamus ean ebastiaan ebastian ebastiano ebastien eda edat edef eema egolene eiichi eija eiji eiko elahattin elam \
     elcuk elda elen elena elim elin elina elma elvam emih emiha emra emyon enad enem enthil eojun eonaid eoyeon eppo \
     erafino erap eraphina erban erdar eren erena erge ergei ergey ergi ergio erhat erhii erhiy erkan erpil ertac ervet eth \
     etiawan etsuko ettimio evda everi everin everine everino evgi evil evim evinc ezen ezgin habana habnam hahid hahzod hai \
     hailesh haima halini hana hane hania hanice hankar hanna hannon hanta hanti harad hari harmila haron hashank hashi haul \
     haun hauna hawn hawna hayla hazia hea heela heetal heila hekhar helby heldon helia helley helly heri herif herman herri \
     herrie herry heryl higeki higeko higeru hiho hikha hilpa himon hinichi hinji hinobu hiori hira hirin hirley hiro hital hiva \
     hivam hivani hizuka hizuko hlomo hmuel hoaib hobha hoichi hoko hoshana hota hraddha hreya hriya hruti hubham huichi \
     huji hunsuke hweta hyam ian iaosi ibel ibilla ibusiso ibylle iddharth iddhartha iddhi idney idonie idsel iebe iegbert iegfried ieglinde \
     iegmar iegrid iem ietske igal igbjorn igifredo igmund igne igrid igrun igurd igvard iham iim ilas ilke ilvana ilvano \
     ilvestre ilvestro ilvia ilvio ilviu imao imge imon imona imone imonetta imran ina inan indre inead inem ini inisa \
     iobhan ioned ipho irio iriporn irje irkka irlei irpa iti ixten ixtine jaak joerd kylar laven lavica lavko lavomir \
     lawomir lobodan mita mriti neha nehal nezana norre obia ofia ofie ofiya ohail oham olange oledad olene olenn oline \
     olveig omchai omporn omsak ona onal onali ondre ongul onia onja onke onya oojin ooyoung ophia ophie oren orin orina ota \
     otiria otiris ouad ourav oyeon pela pencer piros pyridon pyros rdan rdjan rikanth rinivas tacey tacie tacy tamatis \
     tanislas tanislav tanislaw tanislawa tanko tanley tavros tavroula tefan tefania tefanie tefano teffen teffi teinar \
     telian telios tella tellan tepan tepanka tephan tephane tephanie tephen tergios terling tevan teve teven tewart tig \
     tijn tjepan toyan truan tuart tylianos uat ubhadeep ubhash uchart ucheta udeshna udha udhir ue uelen ueli ufyan uganya \
     uhail uharto ujata ukanya ukhdeep ukhwinder ukran ulaiman ulastri uleyman umaira umanth umiko umit unanda undar uneeta \
     ungho unghoon unhee unil unita upaporn upriya uraj urendra uresh uryani usan usana usann usanna usannah usanne usanti \
     ushant ushil ushila ushma usie ussie usumu uvi uzana uzanne uzette uzuka vante vatopluk vein ven venja vetlana vitlana \
     wantje wapnil wara wati ybil ybille ybren ylvain ylvaine ylvana ylvestre ylvette ylvia ylvie ylwester ylwia ynnove \
     ytske zabolcs zandra zilard zilvia zymon ",
    " aavi abea abitha adao adashi adeas adej adeu adeusz adhg aeyang ahar ahir ahira ahsin aichi aiki aina ais aiwo akaaki \
     akahiro akako akao akashi akayuki akehiko akeo akeru akeshi akumi akuya ali alia alita amaki amar amara amas ameka amer \
     ami amika amiko ammy amotsu amsin anel aneli aner anguy ania anish anja anmay anuja anvi anya apani apio ara aras \
     arcisio arek areq arik ariq arja arkan armo aro arquin arun asha atiana atiane atjana atsuo atsuya atyana ayfun ayla \
     ebogo ecla ed eemu eguh ejas ejaswini elma elmo emitope eo eodor eodora eodoro eofilo eppo erence eresa eresita ereza \
     erezia erhi eri erje erlan ero errance errell errence erri erry erttu eruo essa essel etsuo etsuya eun evfik habo \
     haddee haddeus hais haksin hales hamer hanasis handi handiwe hanh hao hayna haynara hea helma hemba hemis heo heodor \
     heodora heodore heodoros heophane heophile heresa herese hiago hibaud hibault hibaut hierry hijs hilo hodoris homas \
     horben hore horsten huy iago iberiu ibor iernan iffany igist igran ihana ihomir iina iit ijmen ilde ilen illmann illy \
     ilman im imea imi imm imo imofey imothee imothy imur ina itouan iziana iziano jeerd obias oby odd oivo okiko olga \
     olulope om omas omaso omasz omaz ome omi omislav ommaso ommy omoaki omohiro omoka omoki omoko omomi omoya omoyuki oni \
     onino onje ony onya oomas orben orbjorn ord ore orgeir orhild orill ormod orquato orstein orsten oru oshiaki oshiko \
     oshio oshiyuki ova ove racey racie racy raian rang ravis rent renton revor ricia riin rijntje rina risha ristan roels \
     rond roy rude rudy rung ruus rygve shepo subasa sutomu suyoshi svetan uan udor udora ugba ugce uija ulay ullio umaini \
     uncay unde ung uomas uomo urgut urhan urid urkan urki urlough ushar uti uula uulia uulikki uyet wan yler ymofiy ymon \
     ymoteusz yrone yson zipi zvi ",
    " baldo birajara che chenna day do fuk go gur jjwal ldis lf li lises lisses lla lrich lrika lrike lysse lysses ma mair \
     mberta mberto mesh mit na nai rbain rban rho riel rmas rmila ros rsel rska rsula rsule rszula rvashi rve schi sman ta \
     tami te tkarsh tku ttam we zma ",
    " aclav adim adym ahan ahit aibhav aida aino aishali aishnavi aldecir aldir aldirene aldis alentin alentina alentine \
     alere aleria alerian aleriano alerie alerio aleriy alery almir alter altteri ance anda andana anderlei anesa anessa \
     angelis ani ania anna ardan arsha arun arvara asant asco asile asiliki asilis asily assilis asudev asudha asyl aughn \
     edant edat edran eena eera egard eijo eikko eiko elimir elma endula enkat enkatesh enla enu era erena ernon eronica \
     eronika eronique esa esna eysel ianney ibeke ibha icenta icente icki ickie icky ictoire ictor ictoria ictoriano \
     ictorien ictorine idar idhi idya iesturs iet iggo ihaan iivi ijay ijaya ikas ikram ikrant iktor iktoria iktoriya ilhelm \
     ilho illads ille ilma ilmos imal imala inay inaya incent incenza incenzo ineet ineeta inicius inita inko inod iola \
     iolaine ioleta ioletta iolette iorel iorica ipin ipul iraj irendra irgil irgile irgilio irginia irginie irginio irpi \
     ishakha ishal ishnu ishwas isnja it italiy italy ito itor itoria ittore ittoria ittorio ivaan ivek iveka ivian iviana \
     iviane ivien ivienne jekoslav lad ladan ladimir ladimira ladislav lasta lastimil latka ojislav ojtech olkan olker \
     olkmar olodymyr ratislav roni yacheslav ytautas ",
    " aclaw ael afa agner ahyu airimu akana alace alburga aldemar aldtraut aleed alid allace alter alther altraud ambui anda \
     anderson anida anjiku anjiru aqar arren arunee assim ataru ati ayan ayne ei eiwei elington ellington enche endelin \
     endell endy enjing enke enzel erner eronika esley essel hitney ibke ichai idad idya iebke ieland ieslaw ieslawa ietske \
     iktor iktoria ilbur ilfred ilfredo ilfrid ilfried ilhelm ilhelmina ilhelmine illa illard illem illemijn illi illiam \
     illie illy ilma ilmer im incenty infried inifred inston ioletta itold ladyslaw ojciech olfgang olfram oodrow oojin \
     outer ren ulan ulf yatt ",
    " abier ander aver avi avier enia iang iaohong iaoli iaoming imena inyi iomara iuying oan uan ",
    " aakov adav adira ael agmur ago ahya air aiza akup alcin amile amini an ana anis ann annick annis anti ara aron aroslav \
     asar asemin ash ashwant asin asir asmeen asmin asmina asmine assine asuhiro asuko asuo asushi avuz aw ayoi egor ehuda \
     ehudit eison ejin ekaterina elena eliz eonjun erlan esenia esica esim etunde evgenia evgeny fke iannis ifan ifat igit \
     ildiray ilmaz ing iorgos itzhak lenia lva mke oann oav oel ogesh ogita ohan ohannes oichi oko olanda olande onatan \
     ordanka osef oshie oshihiro oshiko oshimi oshinori oshio oshitaka ossi osuke ota ounes oungho ouri ousef ousra oussef \
     ucel uhan ui uichi uina uji uka ukari uki ukiko ukio uko uksel uli ulia uliana uliya umi umiko una unus upa uri uriko \
     uriy usuf usuke uta utaka uting uto uuki uval uvraj uxin uya uzuki van veline ves vette vo von vonne ",
    " acarias accaria achariah acharie achary ack adie afer ahra aid ainab aira akaria aki ane anele ara arko awadi ayd \
     bigniew bynek denek denka dislava dravko dzislaw eeshan eev ehra einab eki ekiye elda elia elie eliha eljka eljko enon \
     errin eynep hiqiang iad iga ihan ilda inaida ineb ita iya lata latan latko oe oey ofia ohar ohra oi oltan oran orica \
     ouhair sofia solt sombor suzsa suzsanna ubair ubeyde uhal uheyla uleide ulmira urab uzana uzanna vi vonimir ygmunt ",
];

/// Given names in Cyrillic, as they are written.
const CYRILLIC: &str = " Богдан Богуслав Володимир Олександр Олександра Олексій Ольга Оксана Тарас Іван Ігор Ірина Катерина Микола Михайло Наталія Павло \
                        Петро Сергій Юрій Андрій Дмитро Василь Віктор Вікторія Тетяна Світлана Людмила Ярослава Зоряна Остап Степан Назар Роман \
                        Георги Димитър Стефан Петър Николай Христо Пламен Стоян Румен Красимир Десислава Гергана Милена Марија Јован Никола \
                        Милан Драган Јелена Милица Александр Александра Алексей Алина Алла Анастасия Анатолий Андрей Анна Антон Арсений Артем Артём Борис Вадим Валентин \
                        Валентина Валерий Валерия Варвара Василий Вера Вероника Виктор Виктория Виталий Владимир Владислав Вячеслав Галина \
                        Геннадий Георгий Глеб Григорий Дарья Денис Диана Дмитрий Евгений Евгения Егор Екатерина Елена Елизавета Жанна Захар \
                        Зинаида Зоя Иван Игорь Илья Инна Ирина Кирилл Константин Кристина Ксения Лариса Лев Леонид Лидия Любовь Людмила \
                        Максим Маргарита Марина Мария Марк Матвей Михаил Надежда Наталия Наталья Никита Николай Нина Оксана Олег Олеся Ольга \
                        Павел Петр Пётр Полина Раиса Роман Руслан Светлана Семен Семён Сергей Софья Станислав Степан Тамара Татьяна Тимофей \
                        Федор Фёдор Эдуард Юлия Юрий Яна Ярослав ";

/// Given names in Greek, as they are written.
const GREEK: &str = " Αθανάσιος Αικατερίνη Αλέξανδρος Αλεξάνδρα Αναστασία Αναστάσιος Ανδρέας Αντώνης Αντώνιος Άννα Αγγελική Βασιλική Βασίλης Βασίλειος \
                     Γεωργία Γεώργιος Γιάννης Γιώργος Δέσποινα Δημήτρης Δημήτριος Ειρήνη Ελένη Ελευθερία Ευαγγελία Ευάγγελος Θεόδωρος Ιωάννα \
                     Ιωάννης Κατερίνα Κωνσταντίνα Κωνσταντίνος Κώστας Μαρία Μιχάλης Μιχαήλ Νίκος Νικόλαος Παναγιώτης Παναγιώτα Παρασκευή Πέτρος \
                     Σοφία Σπύρος Σπυρίδων Στέλιος Χρήστος Χριστίνα ";

/// Family names of Japan that stand before the given one, and those of China of two characters.
const FAMILIES: &str = " 佐藤 鈴木 高橋 髙橋 田中 渡辺 渡邊 渡部 伊藤 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 斎藤 齋藤 斉藤 清水 山崎 \
                        阿部 池田 橋本 山下 石川 中島 前田 藤田 後藤 小川 岡田 村上 長谷川 近藤 石井 坂本 遠藤 藤井 青木 福田 三浦 西村 藤原 \
                        太田 松田 原田 岡本 中野 中川 小野 田村 竹内 金子 中山 和田 石田 工藤 上田 森田 酒井 柴田 宮崎 横山 宮本 内田 高木 \
                        安藤 谷口 大野 丸山 今井 高田 藤本 河野 小島 村田 武田 上野 杉山 増田 平野 菅原 小山 久保 松井 岩崎 木下 野口 松尾 \
                        千葉 菊地 菊池 野村 新井 佐野 桜井 古川 渋谷 土屋 大塚 水野 川口 松岡 本田 小松 西田 北村 五十嵐 大西 川上 辻本 平田 \
                        内藤 川崎 飯田 吉村 吉川 本間 服部 大橋 岩田 中田 松下 浜田 望月 永井 秋山 石原 関口 矢野 樋口 片山 大久保 早川 岡崎 \
                        欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 东方 夏侯 皇甫 ";

/// Whether one of the words is one that names of services, events, products, places and companies are made of, or that a greeting begins with.
#[inline(never)] // likewise
pub(super) fn speaks_of_software(text: &[u8]) -> bool {
    text.split(|byte| matches!(byte, b' ' | b'+' | b'-' | b'.')).any(|word| is_listed(word, THINGS))
}

const THINGS: &str = " ab abuse account accounting active adapter admin administrator ag age agent airport alert alerts all alpha amazon and \
                      android apache api app application approved april association audio august ave avenue backend backup bank basic batch \
                      beach beta billing bitte blue bluetooth blvd boa bom bot boulevard buenas buenos build buon bureau bv bytes \
                      cache cancelled careers catalog cd center centre check checkout chrome ci city class client clinic cloud \
                      cluster co code college column company complete completed connections connector consulting contact course container \
                      controller corp council count county court created critical cursor daemon daily damen danke dashboard data database dataset \
                      debug december default deleted department depth desk desktop device disabled disk distribution dobry docker domain \
                      drive driver dzień east edge edition email enabled energy engine enterprise error eu event express external failed \
                      fatal february file filter finance firefox firewall follower for found foundation fourier framework frontend friday from gateway gem get \
                      github gitlab gmbh goedemiddag goedemorgen gold good google gracias grazie group guten handler has health heap \
                      hello help helpdesk holdings home hospital host hosting hotel how hr http hub id image inactive inc index info \
                      input institute insurance internal invalid inventory invoice invoices ios is island january java jenkins job jobs july \
                      june key kg kubernetes labs leader legal length library limit link linux llc local log logistics ltd machine \
                      mail mailer main manager march marketing master max media memory merci message metrics microsoft min ministry mobile \
                      model module monday monitor morgen mountain mozilla museum my network new newsletter no node noreply north not \
                      november nr number nummer object obrigado october office old ops or order orders our output oy page partners \
                      payment pending period phase phone pipeline plan platinum plc please plugin policy pool post postmaster power premium primary \
                      pro process product profile proxy python query queue rate rd read red rejected release remote replica report request \
                      response restaurant restore retries retry road root router row ruby rule runner sa safari sales saturday scheduler \
                      schema school script search secondary secret security sehr september server service session settings shipping shop \
                      silver site size slave snapshot society software solutions sort south speed square srl st stack stadium standard state \
                      station status store street success sunday support sweep switch sync system systems table tablet tag task team \
                      technologies test thank thanks that the theatre this thread threads thursday time timeout token total transform tree \
                      tuesday type union university unknown update updated url us user value version volume warning web website \
                      wednesday weekly west what when where who why windows with worker write your ";

#[cfg(test)]
mod tests {
    use super::*;

    /// Scenario: each given name of the lists, and what stands between two of them.
    /// Guarantees: lists are in the order that looking into them takes for granted.
    #[test]
    fn every_given_name_is_found() {
        for (letter, names) in ('a'..='z').zip(GIVEN) {
            assert!(names.starts_with(' ') && names.ends_with(' '));
            for name in names.split_ascii_whitespace() {
                assert!(is_given(format!("{letter}{name}").as_bytes()), "{letter}{name}");
                assert!(!is_in_order(format!("{name}\0").as_bytes(), names), "{letter}{name}");
            }
            assert!(!is_in_order(b"", names) && !is_in_order(b"~", names));
        }
    }
}
