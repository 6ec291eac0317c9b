"""Countries and peoples: the words for one country, brought to one key ("Polish", "Poland": ``poland``).

Hand-made and short: countries whose adjective does not simply grow out of the name, and names of
several words. "Russia" and "Russian" also meet here, so that "Niger" and "Nigeria" do not.
"""

from __future__ import annotations

import re
from typing import Final

_NATIONS: Final = """
america: american americans us usa
britain: british briton britons uk
england: english
scotland: scottish scots
wales: welsh
ireland: irish
france: french
germany: german germans
spain: spanish spaniard spaniards
portugal: portuguese
italy: italian italians
netherlands: dutch
belgium: belgian belgians
switzerland: swiss
austria: austrian austrians
denmark: danish danes dane
sweden: swedish swedes swede
norway: norwegian norwegians
finland: finnish finns finn
iceland: icelandic
poland: polish poles
czechia: czech czechs
slovakia: slovak slovaks slovakian
slovenia: slovene slovenian slovenes
hungary: hungarian hungarians
romania: romanian romanians
bulgaria: bulgarian bulgarians
greece: greek greeks
cyprus: cypriot cypriots
turkey: turkish turks turk türkiye
serbia: serbian serb serbs serbians
croatia: croatian croat croats croatians
bosnia: bosnian bosniak bosnians
kosovo: kosovar kosovan
albania: albanian albanians
macedonia: macedonian macedonians
montenegro: montenegrin
ukraine: ukrainian ukrainians
russia: russian russians
belarus: belarusian belarusians
moldova: moldovan moldovans
lithuania: lithuanian lithuanians
latvia: latvian latvians
estonia: estonian estonians
georgia: georgian georgians
armenia: armenian armenians
azerbaijan: azerbaijani azeri azerbaijanis
kazakhstan: kazakh kazakhs
uzbekistan: uzbek uzbeks
kyrgyzstan: kyrgyz
tajikistan: tajik tajiks
turkmenistan: turkmen
afghanistan: afghan afghans
pakistan: pakistani pakistanis
india: indian indians
bangladesh: bangladeshi bangladeshis
nepal: nepalese nepali
srilanka: lankan lankans
china: chinese
taiwan: taiwanese
japan: japanese
southkorea: southkorean
northkorea: northkorean
mongolia: mongolian
vietnam: vietnamese
thailand: thai thais
cambodia: cambodian cambodians
laos: lao laotian
myanmar: burma burmese
malaysia: malaysian malaysians
singapore: singaporean
indonesia: indonesian indonesians
philippines: philippine filipino filipinos
timor: timorese
australia: australian australians
newzealand: newzealander
papua: papuan
fiji: fijian fijians
israel: israeli israelis
palestine: palestinian palestinians
lebanon: lebanese
syria: syrian syrians
jordan: jordanian jordanians
iraq: iraqi iraqis
iran: iranian iranians
kuwait: kuwaiti
saudi: saudis
yemen: yemeni yemenis
oman: omani
qatar: qatari
bahrain: bahraini bahrainis
emirates: emirati uae
egypt: egyptian egyptians
libya: libyan libyans
tunisia: tunisian tunisians
algeria: algerian algerians
morocco: moroccan moroccans
sudan: sudanese
southsudan: southsudanese
ethiopia: ethiopian ethiopians
eritrea: eritrean
somalia: somali somalis
kenya: kenyan kenyans
uganda: ugandan ugandans
rwanda: rwandan rwandans
burundi: burundian
tanzania: tanzanian tanzanians
congo: congolese drc
angola: angolan
zambia: zambian zambians
zimbabwe: zimbabwean zimbabweans
mozambique: mozambican
malawi: malawian
botswana: botswanan
namibia: namibian
southafrica: southafrican
madagascar: malagasy
nigeria: nigerian nigerians
niger: nigerien nigeriens
chad: chadian
cameroon: cameroonian
ghana: ghanaian
togo: togolese
benin: beninese
mali: malian malians
burkina: burkinabe burkinabé
senegal: senegalese
gambia: gambian
guinea: guinean
liberia: liberian
ivorycoast: ivorian
gabon: gabonese
mauritania: mauritanian
canada: canadian canadians
mexico: mexican mexicans
guatemala: guatemalan
honduras: honduran hondurans
salvador: salvadoran
nicaragua: nicaraguan
panama: panamanian
cuba: cuban cubans
haiti: haitian haitians
dominican: dominicans
jamaica: jamaican
trinidad: trinidadian
venezuela: venezuelan venezuelans
colombia: colombian colombians
ecuador: ecuadorian ecuadorean
peru: peruvian peruvians
bolivia: bolivian bolivians
chile: chilean chileans
argentina: argentine argentinian argentines
uruguay: uruguayan uruguayans
paraguay: paraguayan
brazil: brazilian brazilians
guyana: guyanese
europe: european europeans eu
un: uns
vatican: holysee
tibet: tibetan tibetans
kurdistan: kurdish kurds kurd
catalonia: catalan catalans
chechnya: chechen chechens
hongkong: hongkonger hongkongers
"""

# Places and peoples with two common spellings.
_SPELLINGS: Final = """
kyiv: kiev
kharkiv: kharkov
odesa: odessa
lviv: lvov
donbas: donbass
mumbai: bombay
beijing: peking
mecca: makkah
macau: macao
tehran: teheran
hezbollah: hizbollah hizbullah
houthis: houthi
quran: koran
gaddafi: qaddafi gadhafi
"""

NATION_OF: Final[dict[str, str]] = {
    word: line.split(":")[0]
    for line in (_NATIONS + _SPELLINGS).split("\n")
    if line
    for word in [line.split(":")[0], *line.split(":")[1].split()]
}
NATIONS: Final = frozenset(line.split(":")[0] for line in _NATIONS.split("\n") if line)

# Names that so many events of a day share that sharing one says little.
COMMON_NAMES: Final = NATIONS | {
    "strip", "bank", "west", "east", "north", "south", "northern", "southern", "eastern", "western",
    "central", "city", "state", "new", "republic", "island", "ocean", "sea", "pacific", "atlantic",
    "world", "cup", "nation", "national", "internat", "leagu", "de", "al", "el", "la", "san",
    "democrat", "islamic",
}  # fmt: skip

# Names of several words, or with dots, that would fall apart: what stands for them.
_COMPOUNDS: Final = {
    r"United States(?: of America)?": "America",
    r"U\.S\.A?\.?": "America",
    r"United Kingdom|Great Britain|U\.K\.": "Britain",
    r"United Nations|U\.N\.": "UN",
    r"European Union|E\.U\.": "Europe",
    r"United Arab Emirates": "Emirates",
    r"(?:Republic of )?South Korea(?:ns?)?": "Southkorea",
    r"North Korea(?:ns?)?|DPRK": "Northkorea",
    r"South Africa(?:ns?)?": "Southafrica",
    r"South Sudan(?:ese)?": "Southsudan",
    r"New Zealand(?:ers?)?": "Newzealand",
    r"Saudi Arabia(?:ns?)?": "Saudi",
    r"Sri Lanka(?:ns?)?": "Srilanka",
    r"Ivory Coast|Côte d['’]Ivoire": "Ivorycoast",
    r"Hong Kong(?:ers?)?": "Hongkong",
    r"Czech Republic": "Czechia",
    r"Israeli? Defen[cs]e Forces|IDF": "Israel",
    r"Holy See": "Vatican",
    r"(?:Islamic State(?: of Iraq and (?:the Levant|Syria)| group)?|ISIL|ISIS|Daesh)(?! –)": "Isis",
}
_COMPOUND: Final = re.compile(
    r"\b(?:" + "|".join(f"(?P<n{at}>{pattern})" for at, pattern in enumerate(_COMPOUNDS)) + ")"
)
_STANDS_FOR: Final = list(_COMPOUNDS.values())
# How each of them begins: looked for first, as the whole pattern takes ten times as long.
_BEGINS: Final = re.compile("Cz|Cô|DP|Da|E\\.|Eu|Gr|Ho|ID|IS|Is|Iv|Ne|No|Re|Sa|So|Sr|U\\.|Un")


def join_compounds(text: str) -> str:
    """*text* with countries' names of several words made one word each."""
    parts: list[str] = []
    done = 0
    for begin in _BEGINS.finditer(text):
        at = begin.start()
        if at < done or (match := _COMPOUND.match(text, at)) is None:
            continue
        parts += text[done:at], _STANDS_FOR[int((match.lastgroup or "n0")[1:])]
        done = match.end()
    return "".join((*parts, text[done:])) if parts else text
