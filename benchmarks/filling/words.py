# ruff: noqa: SIM905, RUF001 - lists of words, some with letters from elsewhere
"""The words of invented records: some are everywhere, some hardly anywhere."""

import random
from itertools import product

SITES = """shoulder knee hip back neck elbow wrist ankle foot hand finger toe head eye
ear nose throat chest stomach liver kidney bladder skin scalp jaw tooth tongue heart
lung spine rib thigh calf heel forearm thumb cheek eyelid groin belly""".split()
COMPLAINTS = """pain swelling stiffness itching burning numbness tingling cramps
weakness redness bruising rash dizziness fatigue nausea cough fever headache tightness
pressure soreness bleeding dryness tremor spasms palpitations heartburn hoarseness
blisters tenderness migraine insomnia wheezing sneezing aching throbbing""".split()
QUALITIES = """mild dull sharp sudden constant passing severe slight deep shooting
nightly seasonal recurring stubborn moderate unusual spreading fleeting""".split()
TIMES = """January February March April May June July August September October
November December spring summer autumn winter""".split()
CAUSES = """gardening cycling swimming running lifting typing travelling skiing
climbing dancing painting rowing driving walking standing cooking hiking kneeling
reaching cleaning moving sewing football tennis volleyball riding fishing""".split()
TESTS = """ultrasound spirometry radiograph audiometry endoscopy electrocardiogram
biopsy culture swab haemoglobin ferritin cholesterol glucose creatinine bilirubin
thyrotropin sodium potassium calcium magnesium lactate urea albumin platelets
leucocytes""".split()
HELP = """physiotherapy massage compresses stretching rest bandages ointment drops
inhalations exercises cooling warmth insoles splints acupuncture counselling breathing
crutches plasters rinsing""".split()
PLACES = """Malmö Århus Düsseldorf Besançon Kraków Gdańsk Brno Zürich Liège Évora León
Cádiz Győr Cluj Košice Tromsø Turku Tartu Šiauliai Maribor Ghent Utrecht Leiden Padua
Graz Lund Bern Basel Metz Porto""".split()

STARTS = (
    "al be cor dex em fi ga hy in ke lo mar ni or pra qui ro se tor ul ven zy".split()
)
MIDDLES = "ba ci do fe gli la mi no pe ra so ti va xi zo".split()
MEDICINE_ENDS = "dine fen lol mab nib pril sartan statin tril zole".split()
NAME_ENDS = "berg é ésen feldt hoff lund mann ov ström ström-Núñez sson wicz".split()
ODD_ENDS = "algia cele emia ectasis itis oma osis pathia plegia rhoea".split()


def invented(dice: random.Random, ends: list[str], count: int) -> list[str]:
    """Words that nobody has used before, as many as are wanted."""
    parts = list(product(STARTS, MIDDLES, ends))
    return ["".join(syllables) for syllables in dice.sample(parts, count)]


dice = random.Random("words")
MEDICINES = invented(dice, MEDICINE_ENDS, 1_500)
EPONYMS = [word.capitalize() for word in invented(dice, NAME_ENDS, 700)]
# The first of them are met now and then, the last ones hardly ever.
RARE_WORDS = invented(dice, ODD_ENDS, 400)
COMMON_WORD = "tablet"

FIRST_NAMES = """Ada Aylin Björn Carla Chloé Daan Dmitri Eleni Emre Esra Fatima Femke
Gábor Greta Hana Ivo Jamal Joana José Jürgen Kaja Lars Leïla Liam Łucja Mads Maja Mei
Mila Nadia Noé Nora Olga Omar Petra Quentin Rania Rosa Sami Søren Tara Théo Uma Vera
Willem Xenia Yara Zoë""".split()
LAST_NAMES = """Abel Bakker Çelik Dubois Eriksen Fischer García Håkansson Ivanova
Jansen Kowalski Lefèvre Moreau Nagy Novák Okafor Peeters Quist Rossi Schäfer Şahin
Tanaka Usman Vermeer Weber Xu Yılmaz Zimmermann Ünal Ångström""".split()
SPECIALIZATIONS = [
    *("General practice", "Cardiology", "Dermatology", "Neurology", "Paediatrics"),
    *("Orthopaedics", "Ophthalmology", "Psychiatry", "Gynaecology", "Urology"),
]
