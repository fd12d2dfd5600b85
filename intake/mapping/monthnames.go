// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"strings"
	"sync"
)

// monthWords are the names of the civil months as lists write them, in the cases
// in which they stand beside a day, a line for each language. Sources: the month
// names of CLDR 44 (Gregorian, wide and abbreviated), and the names of the Levant
// and of the Maghreb. A name that means two months in two languages stands in none:
// "listopad" is October in Croatian and November in Polish.
const monthWords = `
january february march april may june july august september october november december
jan feb mar apr may jun jul aug sep oct nov dec
- - - - - - - - sept - - -
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
- fevrier - - - - - aout - - - decembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
- - - - - - - - setiembre - - -
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
januar februar märz april mai juni juli august september oktober november dezember
jänner - maerz - - - - - - - - -
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
- subat - - mayis - - agustos eylul - kasim aralik
yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr
januar februar mart april maj jun jul avgust septembar oktobar novembar decembar
januara februara marta aprila maja juna jula avgusta septembra oktobra novembra decembra
- - - - - juni juli - - - - -
siječanj veljača ožujak travanj svibanj lipanj srpanj kolovoz rujan - studeni prosinac
siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna - studenoga prosinca
январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
янв фев мар апр - июн июл авг сен окт ноя дек
- - - - - - - - сент - нояб -
січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
јануар фебруар март април мај јун јул август септембар октобар новембар децембар
јануара фебруара марта априла маја јуна јула августа септембра октобра новембра децембра
- - - - - јуни јули - - - - -
հունվար փետրվար մարտ ապրիլ մայիս հունիս հուլիս օգոստոս սեպտեմբեր հոկտեմբեր նոյեմբեր դեկտեմբեր
հունվարի փետրվարի մարտի ապրիլի մայիսի հունիսի հուլիսի օգոստոսի սեպտեմբերի հոկտեմբերի նոյեմբերի դեկտեմբերի
იანვარი თებერვალი მარტი აპრილი მაისი ივნისი ივლისი აგვისტო სექტემბერი ოქტომბერი ნოემბერი დეკემბერი
იანვარს თებერვალს მარტს აპრილს მაისს ივნისს ივლისს აგვისტოს სექტემბერს ოქტომბერს ნოემბერს დეკემბერს
იანვრის თებერვლის მარტის აპრილის მაისის ივნისის ივლისის - სექტემბრის ოქტომბრის ნოემბრის დეკემბრის
ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר
- - מרס - - - - - - - - -
يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر
كانون_الثاني شباط اذار نيسان ايار حزيران تموز اب ايلول تشرين_الاول تشرين_الثاني كانون_الاول
جانفي فيفري - افريل ماي جوان جويليه اوت - - - -
ژانويه فوريه مارس اوريل مه ژوين ژوييه اوت سپتامبر اكتبر نوامبر دسامبر
`

// besideMonths are words that stand in a written date and say nothing of it: "of",
// "the", "year", the endings of ordinals.
const besideMonths = " de del of the le la el den im il st nd rd th er ci cı cu cü ın in yılı yil ili g god godine " +
	"թ թվականի թվականին թվին ին ի г год года р рік року წ წელი წელს წლის ש שנת م سنه عام سال ميلادي "

// months are the names by the number of their month, folded by monthFold.
var months = sync.OnceValue(func() map[string]int { //nolint:gochecknoglobals // never changes
	all := map[string]int{}
	for line := range strings.Lines(strings.TrimSpace(monthWords)) {
		for i, name := range strings.Fields(line) {
			if name != "-" {
				all[monthFold(strings.ReplaceAll(name, "_", " "))] = i + 1
			}
		}
	}
	return all
})

// monthFold writes letters alike that lists write in several ways: small ones,
// the forms of alef, ya, kaf and ta marbuta, without vowel marks.
func monthFold(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'أ', 'إ', 'آ', 'ٱ':
			return 'ا'
		case 'ی', 'ى', 'ئ':
			return 'ي'
		case 'ک':
			return 'ك'
		case 'ة':
			return 'ه'
		case 'ـ', '\u200c', '\u200d', '\u200e', '\u200f', '\u0307':
			return -1
		}
		if r >= 0x064B && r <= 0x0652 || r == '՛' || r == '՞' {
			return -1
		}
		return r
	}, strings.ToLower(s))
}
