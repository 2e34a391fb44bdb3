"""The pages of the demo that there are in Welsh too, by their English addresses: what people ask first, and no more."""

from __future__ import annotations

from medconsult.demo.content.pages import CONSULTING_ROOM
from medconsult.demo.content.shapes import Home, Question, Section, StandardPage, Step

WELSH_HOME = Home(
    title="Hafan",
    headline="Meddyg sydd ag amser i chi",
    text="Dewiswch feddyg, dewiswch amser, ac mae eich apwyntiad wedi’i drefnu.",
    description="Trefnwch apwyntiad gyda meddyg yn Llundain, Manceinion, Bryste neu Gaeredin, neu dros fideo.",
    picture=CONSULTING_ROOM,
    steps_heading="Sut mae’n gweithio",
    steps=(
        Step(
            "Dewiswch feddyg",
            "Chwiliwch am enw neu arbenigedd. Ar dudalen pob meddyg mae pris pob ymweliad. Mae’r tudalennau hyn yn "
            "Saesneg.",
        ),
        Step("Dewiswch amser", "Mae’r amseroedd rhydd ar y dudalen. Dewiswch un a’i gadarnhau."),
        Step("Dewch i’r clinig", "Byddwn yn anfon e-bost atoch i gadarnhau. Gallwch ganslo ar-lein."),
    ),
    reasons_heading="Pam ein dewis ni?",
    reasons=(
        Step("Mae pob meddyg wedi’i wirio", "Rydym yn gwirio cofrestriad ac yswiriant pob meddyg."),
        Step("Pris clir", "Rydych yn gweld y pris cyn dewis amser."),
    ),
    questions_heading="Cwestiynau",
    questions=(
        Question("A oes angen llythyr gan fy meddyg teulu?", "Nac oes. Gallwch drefnu ymweliad eich hun."),
        Question("A allaf ganslo?", "Gallwch, ar-lein. Mae’n rhad ac am ddim hyd at 24 awr cyn yr ymweliad."),
    ),
)

ABOUT = StandardPage(
    slug="amdanom-ni",
    title="Amdanom ni",
    introduction="Pedwar clinig, meddygon sydd wedi’u gwirio, a digon o amser i wrando arnoch.",
    description="Pwy ydym ni a sut rydym yn gwirio meddygon.",
    sections=(
        Section(
            "Beth rydym yn ei wneud",
            (
                (
                    "Mae MedConsult yn dod â meddygon a chleifion at ei gilydd mewn pedwar clinig, yn Llundain, "
                    "Manceinion, Bryste a Chaeredin, a dros fideo neu ffôn."
                ),
                (
                    "Ni sy’n gofalu am yr ystafelloedd, yr apwyntiadau a’r cofnodion. Mae’r meddygon yn dewis eu "
                    "horiau a’u ffioedd eu hunain."
                ),
            ),
        ),
        Section(
            "Sut rydym yn gwirio meddygon",
            ("Cyn i feddyg ymddangos ar y wefan, rydym yn gwirio:",),
            ("bod y meddyg ar y gofrestr feddygol", "pwy yw’r meddyg", "bod gan y meddyg yswiriant"),
        ),
        Section(
            "Beth nad ydym yn ei wneud",
            ("Nid ydym yn gwerthu eich data. Nid ydym yn wasanaeth brys. Mewn argyfwng, ffoniwch 999.",),
        ),
    ),
)

FEES = StandardPage(
    slug="ffioedd-a-chanslo",
    title="Ffioedd a chanslo",
    introduction="Beth mae ymweliad yn ei gostio, pryd rydych yn talu, a sut i ganslo.",
    description="Ffioedd, talu a chanslo, mewn geiriau clir.",
    sections=(
        Section(
            "Beth mae’n ei gostio",
            (
                (
                    "Mae pob meddyg yn gosod pris ar gyfer pob math o ymweliad. Byddwch yn gweld y pris cyn i chi "
                    "gadarnhau."
                ),
            ),
        ),
        Section(
            "Pryd rydych yn talu",
            ("Rydych yn talu ar-lein wrth drefnu, neu yn y clinig. Nid yw’r pris yn newid ar ôl i chi drefnu.",),
        ),
        Section(
            "Canslo",
            ("Gallwch ganslo am ddim hyd at 24 awr cyn yr ymweliad. Ar ôl hynny, gall y clinig godi tâl.",),
        ),
        Section("Os yw’r gost yn broblem", ("Siaradwch â ni. Gall eich meddyg teulu helpu hefyd, am ddim.",)),
    ),
)

WELSH_PAGES = {"about-us": ABOUT, "fees-and-cancellation": FEES}
