//! What names of people are made of: given names that many people have, words before names, and words that no name has.
//!
//! Words are compared without their accents (`Élodie`, `Elodie`), in any case. Says of words what they are, and nothing of where they
//! stand.

use super::is_listed;

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
        let mut bytes = word.iter().copied().peekable();
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

/// Whether a word is a given name that many people have, in some country, and hardly anything else.
#[inline(never)] // asked in several places
pub(super) fn is_given(word: &[u8]) -> bool {
    // Most words are told from names by their ends.
    let known = |letters: &[u8]| {
        let [first @ b'a'..=b'z', rest @ ..] = letters else { return false };
        GIVEN.get(usize::from(first - b'a')).is_some_and(|names| is_listed(rest, names))
    };
    // Of a double name the first: `Jean-Pierre`.
    let first = word.split(|byte| *byte == b'-').next().unwrap_or(&[]);
    known(Folded::of(first, false).letters()) || is_listed(first, CYRILLIC)
}

/// How the words of given names go on, by their first letter.
static GIVEN: [&str; 26] = [
    " aron bigail dam dela dele delina deline drian driana drianna drien gata gnes gnieszka gustin ida idan ileen imee isha \
     isling kash kira lain lana lba lbert lberta lberto lbrecht lejandra lejandro leksander leksandra leksei lena lessandra \
     lessandro lessia lessio lex lexander lexandra lexandre lexei lexis lfonso lfred lfredo li lice licia licja lina lison \
     listair llison lma lvaro lyssa madou malia manda melia melie mina mir mit my na nais nastasia nders ndre ndrea ndreas \
     ndreea ndrei ndrej ndres ndrew ndrzej ndy neta ngel ngela ngelica ngelina ngelo nika nil nita nja nn nna nnabel nne \
     nneke nnelie nnelies nneliese nnemarie nnette nnika nouk nselm nthony ntje ntoine ntoinette nton ntonella ntoni ntonia \
     ntonio nusha nya rchana riana rianna riel rjun rlene rmando rmin rnaud rne rnold rthur rturo rvid shish shley shok \
     strid udrey urelia urelie urelien xelle yse zra ",
    " aptiste arbara arry artosz astian astien eata eate eatrice eatriz ella en enedetta enedict enedikt enito enjamin enoit \
     ernadette ernard ernardo ernd ernhard erta eth ethany ettina ianca irgit irgitta jorn lanca oris ozena rad radley ram \
     randen randon renda rendan rent rian ridget rigitte ritta ruce runo ryan urak ",
    " aitlin allum amila amilla amille andice arl arla arlo arlos armen arol arole aroline arolyn arsten aspar asper atalina \
     atarina aterina atherine athy ecile ecilia edric eleste elia eline em esar hantal harles harlie harlotte heryl hiara \
     hloe hris hrista hristel hristian hristiane hristina hristine hristoph hristophe hristopher indy laire lara larissa \
     laude laudia laudio laus lemens lement lementine lifford olette olin onceicao oncetta onnor onor onstance onstantin \
     onsuelo orinna orinne ornelia ornelis osima ostanza raig ristian ristiano ristina urtis ynthia yril ",
    " aan agmar aisuke amian amien aniel aniela aniele aniella anielle anilo anny arius arren ave avid avide awid eborah \
     ebra eepak eepika eirdre elphine enis enise ennis erek erya esiree esmond etlef evon iana iane iego ieter ietmar ilip \
     imitri inesh irk mitri mitry olores omenico ominic ominik ominika ominique onald onatella onna oreen oris orota \
     orothea orothy ouglas ries uncan ustin ylan ",
    " berhard bru ddie dgar dith dmund doardo duard duardo dward dwin ileen laine leanor lena leonora lias lif lin lisa \
     lisabeth lise liza lizabeth lke lla llen llie lodie loise lsa lspeth lvira manuela manuele mil milia milie milio mily \
     mine mma mmanuel mre nrico nrique nzo ric rica rich rik rika rin rnesto rnst rwin sin steban stelle sther tienne ugene \
     ugenia ugenio va van velyn vgeny wa welina ",
    " abian abienne abio abiola abrice abrizio arah arid atima atma ederica ederico elicia elicitas elicity elipe elix \
     erdinand ernanda ernando iona lavia lavio lorian loriane loris rancesca rancesco rancis rancisca rancisco ranck ranco \
     rancois rancoise rank ranz ranziska red rederic rederick rederik riederike riedrich ritz umiko ",
    " abriel abriela abriele abriella abrielle aelle aetan aetano ail areth ary avin enevieve eoffrey eorg eorge eorges \
     eraldine erard erardo erd erda erhard errit ert ertrud iacomo ianluca ianni illes illian ina inevra iorgia iorgio \
     iovanna iovanni isela iulia iuliana iulio iuseppe ladys lenn loria onzalo ordon race raciela raham razia reg regor \
     regory reta retchen rzegorz uadalupe udrun uido uilherme uillaume uillermo unnar unther ustav ustavo wen wendolyn ",
    " aakon adi akan amza ana anna annah annelore annes ans arald aris arish arold arriet arry aruka arvey asan assan eather \
     ector edwig eidi eike eiko einer einrich einz elen elena elene elga elge elmut endrik enri enrietta enrik enrique enry \
     erbert eribert ermann ernan erve ilary ilda ildegard iroko iroshi olger orst oward ubert ugh ugo useyin ",
    " an brahim da dris gnacio gnazio gor laria lona lse mogen mran nes nga nge ngeborg ngo ngrid nigo oana oannis olanda \
     rena rene rina rmgard saac sabel sabell sabella sabelle smael smail van vana vo vonne wona zabela ",
    " aap acek ack ackie acob acqueline acques aime akob akub amal ames amie an ana ane anet anice anina anine arek aroslav \
     asmijn asmin ason avier ean eanette eanne eff effrey elena enna ennifer enny ens eremy erome essica ill illian im immy \
     iri oachim oan oana oanna oanne oao oaquin ochen odie oe oel oelle oerg ohan ohann ohanna ohannes ohn ohnny olanda \
     olanta on onas onathan oost ordi org orge oris ose osef osefina oseph osephine oshua oyce ozef uan uana uanita udith \
     uergen ulia ulian uliana ulie ulien uliette ulius urgen urgita ustin ustine ustyna utta ",
    " amal amil amila aori aren arim arin arina arl arla arolina aroline arsten atarina atarzyna ate aterina atharina \
     atherine athleen athrin athryn athy atia atie atja atrin atrina aty avita avitha azuki eiko eith elly emal en endra \
     enji enneth enta erstin evin hadija halid ieran iran irsten irsty jell lara laus ofi onrad onstantin ristian ristin \
     ristina ristine ristof rystyna rzysztof umar unal urt wame yle yra ",
    " achlan aila akshmi ara arissa ars atoya aura aure auren aurence aurent aurie avinia ea eah eander eandro eif eila ena \
     ennart eo eon eona eonard eonardo eonie eonora eopold eroy eslie eszek eticia evi eyla i ia iam idia iese ilian iliana \
     illian ina inda indsay indsey inus ionel isa isbeth ise ivia izzie oic ore oredana orena orenz orenza orenzo oretta \
     othar otte ou ouis ouisa ouise uc uca ucas ucia uciana uciano ucie ucien ucinda ucja ucy udger udmila udovic udwig \
     uigi uis uisa uise ukas ukasz uke utz ydia ynn ",
    " aarten aciej addalena adeleine adeline ads afalda agda agdalena aggie agnus ahmoud aike aja aksim alcolm algorzata \
     alik alin alte andy anfred anon anuel anuela anvi ara arc arcel arcela arcelo arcia arcin arco arcos arcus arek \
     argaret argarete argarida argarita argaux argherita argit argot argrit aria ariam arian ariana arianne arie arieke \
     arielle arija arijke arilia arilyn arina ario arion arisa arisol arissa arit arjan arjorie ark arko arkus arleen \
     arlene arlies arloes arlon arta artha arthe artijn artin artina artine arvin ary aryam ateo ateus ateusz atheus athias \
     athieu athilde ats att atteo atthew atthias atthieu attia aud aureen aurice auricio aurizio axime aximilian axine aya \
     eera egan ehdi ehmet ei eike elanie elinda elissa eredith erle eryem ia icaela ichael ichaela ichal ichel ichela \
     ichele ichelle iguel ihai ika ikael ike ikhail ikkel ilena iles illie ilos ina inh iranda ireille iriam irjam irko \
     itchell ohamed ohammad ohammed ona onica onika onique ontserrat organe oritz uhammad urat uriel urray ustafa yriam \
     yrtle ",
    " abil adia adine adja aomi atalia atalie atasha athalie athan athaniel eha eil ele elson erea ereida estor iall icholas \
     ick icklas ico icola icolai icolas icole icoletta icolo iels igel ikhil ikita iklas iko ikola ikolai ikolaos ikolaus \
     ikos ils ina isha oah oel oelle oemi ora orbert oreen orman uno uria ",
    " ceane ctavia ctavio dette dile laf leg lena lga live liver livia livier luwaseun mar rla scar skar sman tavio ttavia \
     tto wen ",
    " ablo aloma amela aola aolo ascale atrice atricia atricio atrick atrik atrizia atti atty aul aula aulette aulina auline \
     aulo avel awel edro eggy enelope ercy ernille erry etar eter etr etra etros hil hilip hilipp hilippa hilippe hillip \
     hyllis ia ier ierre ieter ietro ilar im iotr ippa ooja radeep rakash ranav rasad reeti riscilla riya riyanka rzemyslaw ",
    " uentin uinn ",
    " achel adek adoslaw afael afal affaele affaella agnar ahul ainer aj ajesh ajiv alf alph amesh amon amona andall andy \
     aphael aquel ashid aul avi aymond ebecca ebekka egina egine egis einer einhard einhold ejane emco emi enata enate \
     enato ene enee eza hiannon hys icardo iccardo ichard ick ita ob obbie obert oberta oberto ocio oderick odney odolfo \
     odrigo oger ogerio ohan ohit oland olf omain oman omano omy on onald onan onja onny osa osalia osalie osalind osanna \
     osario osemarie osemary oswitha owena oxana oxanne oy uben udiger udolf udy ui upert ussell uth yan yszard ",
    " abina abine abrina achin adie aeed akura alim ally alma alvador alvatore amantha amir amira amuel ander andra andro \
     andy anjay antiago ara arah ascha askia atoshi aul cott ean ebastiaan ebastian ebastien eda elim elina elma eraphina \
     erena erge ergei ergey ergio eth everin hana hane hanice hannon haron hauna hawn heila helley hirley hreya ibylle \
     idney igrid ilas ilke ilvana ilvia ilvio imon imona imone inead iobhan ofia ofie olange olene onia onja ophia ophie \
     oren tacey tacy tanislav tanislaw tefan tefania tefanie tefano teffen tella tephan tephane tephanie tephen teve teven \
     tewart tuart ue umit unil unita uresh usan usana usanna usanne uzanne uzette ven venja vetlana wati ybille ylvain \
     ylvia ylvie zymon ",
    " abea abitha akashi amara ania anja anya ara ariq atiana atjana ed eemu eodor erence eresa erry haddeus hea heo heodor \
     heodore heresa herese hiago hibault hierry hijs hilo homas horsten iago iffany illmann ilman im imo imothy ina obias \
     odd om omas omaso omasz ommaso ommy oni ony orben orsten racey racy revor ristan rudy yler yrone ",
    " go lla lrich lrike mberto rsula ta te we ",
    " adim alentin alentina aleria alerie alerio anessa asco asile era erena eronica eronika eronique ictor ijay ikram iktor \
     iktoria incent incenzo iola ioletta irginie itor ittoria ivek ivian iviana ivienne ladimir olker ",
    " aldemar allace alter altraud anda ei endy erner esley iebke ieslaw ilfried ilhelm illem illiam illy ilma infried \
     ojciech olfgang outer ",
    " avier enia iang imena ",
    " ago an ann annick annis ara asemin asmin asmine ing olanda osef ousef oussef uki uko uri usuf van ves vette vonne ",
    " achary ahra ainab bigniew eynep oe ofia oltan sofia uzana ygmunt ",
];

/// Given names in Cyrillic, as they are written.
const CYRILLIC: &str = " Александр Александра Алексей Алина Алла Анастасия Анатолий Андрей Анна Антон Арсений Артем Артём Борис Вадим Валентин \
                        Валентина Валерий Валерия Варвара Василий Вера Вероника Виктор Виктория Виталий Владимир Владислав Вячеслав Галина \
                        Геннадий Георгий Глеб Григорий Дарья Денис Диана Дмитрий Евгений Евгения Егор Екатерина Елена Елизавета Жанна Захар \
                        Зинаида Зоя Иван Игорь Илья Инна Ирина Кирилл Константин Кристина Ксения Лариса Лев Леонид Лидия Любовь Людмила \
                        Максим Маргарита Марина Мария Марк Матвей Михаил Надежда Наталия Наталья Никита Николай Нина Оксана Олег Олеся Ольга \
                        Павел Петр Пётр Полина Раиса Роман Руслан Светлана Семен Семён Сергей Софья Станислав Степан Тамара Татьяна Тимофей \
                        Федор Фёдор Эдуард Юлия Юрий Яна Ярослав ";

/// Whether one of the words is one that names of services, events, products, places and companies are made of, or that a greeting begins with.
#[inline(never)] // likewise
pub(super) fn speaks_of_software(text: &[u8]) -> bool {
    text.split(|byte| matches!(byte, b' ' | b'+' | b'-' | b'.')).any(|word| is_listed(word, THINGS))
}

const THINGS: &str = " ab abuse account accounting active adapter admin administrator ag age agent airport alert alerts all alpha amazon and \
                      android apache api app application approved april association audio august ave avenue backup bank basic batch \
                      beach beta billing bitte blue bluetooth blvd boa bom bot boulevard buenas buenos build buon bureau bv bytes \
                      cache cancelled careers catalog cd center centre check checkout chrome ci city class client clinic cloud \
                      cluster co code college column company complete completed connections connector consulting contact container \
                      controller corp council count county court created critical cursor daemon daily damen danke data database dataset \
                      debug december default deleted department depth desk desktop device disabled disk distribution dobry docker domain \
                      drive driver dzień east edge edition email enabled energy engine enterprise error eu event express external failed \
                      fatal february file filter finance firefox firewall follower for found foundation fourier friday from gateway gem get \
                      github gitlab gmbh goedemiddag goedemorgen gold good google gracias grazie group guten handler has health heap \
                      hello help helpdesk holdings home hospital host hosting hotel how hr http hub image inactive inc index info \
                      input institute insurance internal invalid inventory invoice invoices ios is island january java jenkins job jobs july \
                      june key kg kubernetes labs leader legal length library limit link linux llc local log logistics ltd machine \
                      mail mailer main manager march marketing master max media memory merci message metrics microsoft min ministry mobile \
                      model module monday monitor morgen mountain mozilla museum my network new newsletter no node noreply north not \
                      november nr number nummer object obrigado october office old ops or order orders our output oy page partners \
                      payment pending period phase phone plan platinum plc please plugin policy pool post postmaster power premium primary \
                      pro process product profile proxy python query queue rate rd read red rejected release remote replica report request \
                      response restaurant restore retries retry road root router row ruby rule sa safari sales saturday scheduler \
                      schema school script search secondary secret security sehr september server service session settings shipping shop \
                      silver site size slave snapshot society software solutions sort south speed square srl st stack stadium standard state \
                      station status store street success sunday support sweep switch sync system systems table tablet tag task team \
                      technologies test thank thanks that the theatre this thread threads thursday time timeout token total transform tree \
                      tuesday type union university unknown update updated url us user value version volume warning web website \
                      wednesday weekly west what when where who why windows with worker write your ";
