// SPDX-License-Identifier: Apache-2.0

package propose

import (
	"strings"
	"sync"

	"recount/names"
)

// notWhatItSeems is the meaning of columns that have such a word in their names and
// mean something else, for which a mapping has no place.
const notWhatItSeems = "-"

// headerWords are what columns are called, a meaning a line, in the languages of the
// trade: English, French, Spanish, Portuguese, German, Russian, Ukrainian, Serbian,
// Turkish, Azerbaijani, Armenian, Georgian, Arabic, Persian, Hebrew. To add a word,
// add it to its line; what two lines have is refused by a test.
const headerWords = `
name: name | full name | name of victim | victim | victim name | person | nom complet | nom et prenom | nombre completo | nombre y apellidos | nome completo | vollständiger name | имя и фамилия | фио | ф.и.о. | полное имя | піб | повне ім'я | ime i prezime | име и презиме | adı soyadı | ad soyad | tam ad | soyadı adı | անուն ազգանուն | ազգանուն անուն | ա.ա.հ. | სახელი და გვარი | გვარი სახელი | الاسم الكامل | الاسم | اسم الضحية | الاسم الثلاثي | الاسم الرباعي | نام و نام خانوادگی | שם מלא | שם
given: given name | first name | given | forename | prénom | prenom | primer nombre | nombre | nome | vorname | имя | ім'я | ime | име | ad | adı | անուն | სახელი | الاسم الأول | الاسم الشخصي | نام | שם פרטי
family: family name | surname | last name | family | nom de famille | nom | apellido | apellidos | apelido | sobrenome | nachname | familienname | фамилия | прізвище | prezime | презиме | soyad | soyadı | soyisim | ազգանուն | გვარი | اسم العائلة | الكنية | اللقب | نام خانوادگی | שם משפחה
father: father | father's name | name of father | fathers name | patronymic | middle name | nom du père | nombre del padre | nome do pai | name des vaters | отчество | имя отца | по батькові | ime oca | име оца | baba adı | ata adı | հայրանուն | հոր անուն | მამის სახელი | اسم الأب | نام پدر | שם האב
other_names: other names | alias | nickname | also known as | surnom | apodo | apelido conhecido | прозвище | псевдоним | псевдонім | nadimak | lakap | ləqəb | մականուն | მეტსახელი | الاسم الحركي | لقب | כינוי
sex: sex | gender | sexe | sexo | género | genero | geschlecht | пол | стать | pol | spol | пол лица | cinsiyet | cins | սեռ | სქესი | الجنس | النوع | جنسیت | جنس | מין
age: age | age in years | age at death | age (years) | âge | edad | idade | alter | возраст | лет | вік | starost | године старости | yaş | yaşı | տարիք | ასაკი | العمر | السن | سن | גיל
birth: date of birth | birth date | born | dob | birth | year of birth | date de naissance | né le | fecha de nacimiento | data de nascimento | geburtsdatum | дата рождения | год рождения | дата народження | datum rođenja | датум рођења | doğum tarihi | doğum tarixi | ծննդյան ամսաթիվ | ծննդյան տարեթիվ | დაბადების თარიღი | تاريخ الميلاد | سنة الميلاد | تاریخ تولد | תאריך לידה
occupation: occupation | profession | job | work | métier | profession exercée | profesión | profesion | ocupación | profissão | beruf | профессия | род занятий | професія | zanimanje | занимање | meslek | mesleği | peşə | մասնագիտություն | პროფესია | المهنة | العمل | شغل | מקצוע
nationality: nationality | citizenship | nationalité | nacionalidad | nacionalidade | staatsangehörigkeit | гражданство | громадянство | državljanstvo | држављанство | uyruk | vətəndaşlıq | քաղաքացիություն | მოქალაქეობა | الجنسية | تابعیت | אזרחות
affiliation: affiliation | organisation | organization | unit | party | appartenance | afiliación | filiação | zugehörigkeit | принадлежность | организация | приналежність | pripadnost | bağlılık | mənsubiyyət | պատկանելություն | الانتماء | التنظيم | وابستگی | השתייכות
child: minor | child | is child | under 18 | mineur | menor | menor de edad | minderjährig | несовершеннолетний | ребенок | неповнолітній | maloletan | çocuk | uşaq | անչափահաս | არასრულწლოვანი | قاصر | طفل | کودک | קטין
status: civilian | civilian status | civil status | combatant | statut | estado civil o militar | статус | гражданский | цивільний | civil | sivil | mülki | կարգավիճակ | სტატუსი | الصفة | الحالة المدنية | وضعیت | מעמד
note: note | notes | remarks | comment | comments | remarques | observations | observaciones | notas | observações | bemerkung | anmerkungen | примечание | примечания | комментарий | примітка | napomena | напомена | not | notlar | açıklama | qeyd | նշումներ | ծանոթություն | შენიშვნა | ملاحظات | توضیحات | הערות
harm.code: what happened | fate | type of harm | harm | outcome | violation | type of violation | condition | que s'est-il passé | sort | destino | qué pasó | tipo de violación | schicksal | что произошло | судьба | что случилось | доля | sudbina | судбина | akıbet | aqibət | ճակատագիր | ինչ է պատահել | ბედი | المصير | ما حدث | نوع الانتهاك | سرنوشت | מה קרה
harm.date: date | day | date of death | date of incident | incident date | date of event | date du décès | date des faits | fecha | fecha de muerte | fecha del hecho | data | data da morte | datum | todesdatum | дата | дата смерти | дата гибели | дата события | дата смерті | дата загибелі | datum smrti | датум смрти | tarih | ölüm tarihi | tarix | ölüm tarixi | ամսաթիվ | մահվան ամսաթիվ | თარიღი | გარდაცვალების თარიღი | التاريخ | تاريخ الوفاة | تاريخ الحادث | تاریخ | تاریخ مرگ | תאריך
harm.place: place | location | place of death | place of incident | where | village | town | city | district | region | lieu | lieu du décès | ville | lugar | municipio | ciudad | lugar de muerte | local | cidade | ort | todesort | stadt | место | место гибели | место события | город | село | район | місце | місто | mesto | grad | opština | место погибије | yer | köy | ilçe | şehir | kənd | rayon | şəhər | վայր | բնակավայր | գյուղ | քաղաք | ადგილი | სოფელი | ქალაქი | المكان | مكان الوفاة | القرية | المدينة | المحافظة | محل | شهر | روستا | מקום
harm.cause: cause | cause of death | weapon | manner | cause du décès | arme | causa | causa de muerte | arma | todesursache | waffe | причина смерти | причина | оружие | причина смерті | uzrok smrti | oružje | ölüm nedeni | silah | ölüm səbəbi | պատճառ | մահվան պատճառ | მიზეზი | سبب الوفاة | السبب | السلاح | علت مرگ | סיבת המוות
harm.alleged: perpetrator | alleged perpetrator | responsible | actor | auteur présumé | auteur | presunto responsable | autor presunto | suposto autor | mutmaßlicher täter | предполагаемый виновник | виновный | імовірний винуватець | navodni počinilac | fail | iddia edilen fail | ehtimal olunan cinayətkar | ենթադրյալ մեղավոր | სავარაუდო დამნაშავე | الجهة المسؤولة | المسؤول | الفاعل المزعوم | عامل | אחראי לכאורה
-: place of birth | birthplace | birth place | date of interview | interview date | date of report | reporting date | age group | source | source name | lieu de naissance | date de l'entretien | lugar de nacimiento | fecha de entrevista | local de nascimento | geburtsort | место рождения | дата опроса | источник | місце народження | mesto rođenja | izvor | doğum yeri | kaynak | mənbə | ծննդավայր | աղբյուր | დაბადების ადგილი | წყარო | مكان الميلاد | مكان الولادة | المصدر | محل تولد | منبع | מקום לידה
identifier: id | no | no. | nr | nr. | № | number | case no | case no. | case number | record id | index | numéro | n° | número | num | nummer | номер | номер дела | код | broj | број | numara | sıra no | nömrə | համար | հ/հ | ნომერი | الرقم | رقم | رقم الحالة | شماره | ردیف | מספר
`

// sensitiveWords are what columns are called that can put somebody in danger or
// say what the law protects most, a kind a line.
const sensitiveWords = `
telephone: phone | telephone | mobile | phone number | téléphone | portable | teléfono | celular | telefone | telefon | телефон | мобильный | հեռախոս | ტელეფონი | رقم الهاتف | الهاتف | الجوال | تلفن | טלפון
identity-number: national id | idnumber | passportnumber | id number | identity number | passport | passport no | numéro d'identité | cédula | dni | documento | cpf | ausweisnummer | паспорт | инн | снилс | паспортные данные | kimlik no | tc kimlik no | şəxsiyyət vəsiqəsi | անձնագիր | პირადი ნომერი | رقم الهوية | رقم الجواز | کد ملی | תעודת זהות
address: address | home address | street | adresse | domicile | dirección | domicilio | endereço | anschrift | адрес | адрес проживания | адреса | adresa | adres | ünvan | հասցե | მისამართი | العنوان | عنوان السكن | آدرس | כתובת
coordinates: latitude | longitude | lat | lon | lng | gps | coordinates | coordonnées | coordenadas | koordinaten | координаты | широта | долгота | koordinat | կոորդինատներ | კოორდინატები | الإحداثيات | مختصات
device: device | device id | deviceid | imei | subscriberid | simserial | устройство | جهاز
enumerator: enumerator | interviewer | collected by | data collector | submitted by | username | enquêteur | encuestador | entrevistador | интервьюер | anketör | հարցազրուցավար | جامع البيانات | الباحث
ethnicity: ethnicity | ethnic group | race | ethnie | etnia | raza | ethnie und herkunft | национальность | этническая принадлежность | национальність | nacionalnost | etnik köken | milliyyət | ազգություն | ეროვნება | العرق | القومية | قومیت | מוצא
religion: religion | faith | sect | confession | religión | religião | вероисповедание | религия | релігія | vera | din | mezhep | կրոն | რელიგია | الديانة | الدين | الطائفة | دین | مذهب | דת
health: health | medical | disability | diagnosis | hiv | pregnant | santé | handicap | salud | discapacidad | saúde | deficiência | gesundheit | здоровье | диагноз | инвалидность | здоров'я | zdravlje | sağlık | engellilik | sağlamlıq | առողջություն | ჯანმრთელობა | الصحة | الإعاقة | سلامت | בריאות
sexual-violence: sexual violence | rape | sexual abuse | violence sexuelle | viol | violencia sexual | violación sexual | violência sexual | sexuelle gewalt | сексуальное насилие | изнасилование | сексуальне насильство | seksualno nasilje | cinsel şiddet | cinsi zorakılıq | սեռական բռնություն | სექსუალური ძალადობა | العنف الجنسي | الاغتصاب | خشونت جنسی | אלימות מינית
`

// codeWords are values of columns of codes, a code a line.
const codeWords = `
sex.male: m | male | man | boy | masculin | homme | masculino | hombre | homem | h | männlich | мужской | муж | м | мужчина | чоловіча | чол | muški | мушки | erkek | kişi | արական | տղամարդ | მამრობითი | ذكر | مذكر | مرد | זכר
sex.female: f | female | woman | girl | féminin | femme | femenino | mujer | feminino | mulher | weiblich | женский | жен | ж | женщина | жіноча | жін | ženski | женски | kadın | qadın | իգական | կին | მდედრობითი | أنثى | مؤنث | زن | נקבה
child.yes: yes | y | true | oui | sí | sim | ja | да | так | evet | bəli | այո | დიახ | نعم | بله | כן
child.no: no | n | false | non | não | nein | нет | ні | ne | hayır | xeyr | ոչ | არა | لا | خیر | לא
harm.code.killed: killed | tué | tuée | asesinado | asesinada | morto em ataque | getötet | убит | убита | вбитий | вбита | ubijen | ubijena | убијен | убијена | öldürüldü | öldürülüb | սպանված | սպանվել է | მოკლულია | قتل | قُتل | قتيل | مقتول | کشته | נהרג | נרצח
harm.code.injured: injured | wounded | blessé | blessée | herido | herida | ferido | verletzt | verwundet | ранен | ранена | поранений | ranjen | рањен | yaralı | yaralandı | yaralanıb | վիրավոր | վիրավորվել է | დაჭრილი | جريح | جرح | مجروح | פצוע
harm.code.missing: missing | disparu sans nouvelles | desaparecido sin rastro | vermisst | пропал без вести | пропала без вести | безвести пропавший | зниклий безвісти | nestao | nestala | нестао | kayıp | itkin düşüb | itkin | անհետ կորած | დაკარგული | مفقود | ناپدید | נעדר
harm.code.detained: detained | arrested | détenu | detenido | detido | verhaftet | задержан | арестован | затриманий | uhapšen | ухапшен | gözaltına alındı | tutuklandı | həbs edilib | ձերբակալված | დაპატიმრებული | معتقل | موقوف | بازداشت | עצור
`

// unknownWords are what lists write where they do not know.
const unknownWords = ` na | n/a | n.a. | nan | null | none | - | -- | — | – | ? | ?? | unknown | not known | inconnu | inconnue | ns | desconocido | desconocida | s/d | desconhecido | unbekannt | неизвестно | не известно | нет данных | н/д | невідомо | немає даних | nepoznato | непознато | bilinmiyor | naməlum | անհայտ | հայտնի չէ | უცნობია | უცნობი | غير معروف | مجهول | لا يوجد | نامعلوم | نامشخص | לא ידוע `

// lexicon is the words by what they mean.
type lexicon struct {
	headers, sensitive, codes map[string]string
	unknown                   map[string]bool
}

var words = sync.OnceValue(func() lexicon { //nolint:gochecknoglobals // never changes
	l := lexicon{byWord(headerWords), byWord(sensitiveWords), byWord(codeWords), map[string]bool{}}
	for word := range strings.SplitSeq(unknownWords, "|") {
		l.unknown[marker(word)] = true
	}
	return l
})

// byWord reads lines "meaning: word | word".
func byWord(lines string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		meaning, list, _ := strings.Cut(strings.TrimSpace(line), ": ")
		for word := range strings.SplitSeq(list, "|") {
			all[fold(word)] = meaning
		}
	}
	return all
}

// fold is a header or a value without case, marks and signs. What stands in brackets
// behind it, such as a unit, is left out.
func fold(s string) string {
	if at := strings.IndexAny(s, "([{"); at > 0 {
		s = s[:at]
	}
	return names.Fold(strings.NewReplacer("_", " ", ".", " ", "/", " ", ":", " ", "*", " ").Replace(s))
}

// marker is a value as markers of unknown are compared: signs count in them.
func marker(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
