"""Heart, skin and women's health: seven invented doctors. Their GMC numbers begin with 99 and are nobody's."""

from __future__ import annotations

from medconsult.demo.content.shapes import Doctor, Qualification, Question, Visit, week

DOCTORS = (
    Doctor(
        given_name="James",
        family_name="Whitfield",
        slug="james-whitfield",
        gmc_number="9900102",
        gender="male",
        languages=("en", "de"),
        specialties=("cardiology",),
        locations=("calloway-square", "stanes-terrace"),
        summary="A consultant cardiologist for palpitations, fainting and blood pressure that will not come down.",
        biography=(
            (
                "I am a heart rhythm specialist. If your heart races, skips or stops you on the stairs, I would like "
                "to hear the story in your own words before I look at a single trace."
            ),
            (
                "An ECG is done on the day, and a monitor can go home with you. I write to you, not only to your GP, "
                "and I write so that you can read it. About a third of the people I see need nothing more than an "
                "explanation, and I think that is a good result."
            ),
        ),
        qualifications=(
            Qualification("MB BChir", "University of Cambridge", 1998),
            Qualification("MD", "University of Edinburgh", 2007),
            Qualification("FRCP", "Royal College of Physicians", 2014),
        ),
        interests=("Palpitations", "Atrial fibrillation", "Fainting", "High blood pressure", "Second opinions"),
        visits=(
            Visit("Consultation with ECG", 45, 22000, buffer_after=10, notice=1440, horizon_days=90),
            Visit("Follow-up", 20, 12000),
            Visit("Results by video", 15, 9000, "video"),
        ),
        windows=week("mon wed", "09:00-12:00 13:30-17:00", "calloway-square")
        + week("fri", "09:30-15:30", "stanes-terrace"),
        looks="with grey hair and fine glasses, in a navy jacket",
        questions=(
            Question(
                "Can I drive after the appointment?",
                "Yes. Nothing that we do on the day affects driving. If your symptoms might, we will talk about it.",
            ),
        ),
    ),
    Doctor(
        given_name="Kwame",
        family_name="Asante",
        slug="kwame-asante",
        gmc_number="9900112",
        gender="male",
        languages=("en", "fr"),
        specialties=("cardiology",),
        locations=("tannery-wharf", "calloway-square"),
        summary="Thirty-five years with hearts: chest pain, heart failure and the risk that runs in families.",
        biography=(
            (
                "Professor Asante has looked after people with heart failure for most of his working life, and has "
                "taught two generations of doctors how to listen to a chest. He still carries his first stethoscope."
            ),
            (
                "He sees anyone with chest pain on effort, breathlessness or swollen ankles, and families in whom "
                "heart disease comes early. He does an ultrasound scan of the heart himself during the visit, so that "
                "you see what he sees."
            ),
            "He lives by the rule that no question is too small to ask twice.",
        ),
        qualifications=(
            Qualification("MBChB", "University of Ghana", 1988),
            Qualification("PhD", "University College London", 1997),
            Qualification("FRCP", "Royal College of Physicians", 2004),
        ),
        interests=("Heart failure", "Angina", "Valve disease", "Inherited risk", "Cholesterol"),
        visits=(
            Visit("Consultation", 30, 18500, buffer_after=5),
            Visit(
                "Consultation with heart scan", 60, 29500, buffer_after=15, notice=2880, horizon_days=90, deposit=5000
            ),
            Visit("Family risk discussion", 30, 15000, "video", notice=1440),
        ),
        windows=week("tue", "09:00-12:30 13:30-16:30", "tannery-wharf")
        + week("thu", "09:00-12:30 13:30-16:30", "calloway-square"),
        looks="bald with a short grey beard, in a dark suit and a green tie",
        title="Prof",
        questions=(
            Question(
                "What is the heart scan like?",
                (
                    "It is an ultrasound scan. You lie on your side, I move a smooth probe over your chest with "
                    "some gel, and you watch with me. It does not hurt and takes about twenty minutes."
                ),
            ),
            Question(
                "Should my family come too?",
                (
                    "For a talk about risk in the family it helps to have whoever knows most about the older "
                    "generations, in the room or on the phone."
                ),
            ),
        ),
    ),
    Doctor(
        given_name="Priya",
        family_name="Raman",
        slug="priya-raman",
        gmc_number="9900103",
        gender="female",
        languages=("en", "ta", "hi"),
        specialties=("dermatology",),
        locations=("calloway-square", "harbour-row"),
        summary="A dermatologist for moles, acne and skin of every colour.",
        biography=(
            (
                "Skin shows on the outside what people often carry on the inside. I try to treat both: the patch you "
                "can point at and the months of hiding it."
            ),
            (
                "I check moles with a dermatoscope and photograph anything worth watching, so that next year we "
                "compare pictures and not memories. I have a long-standing interest in how conditions look on brown "
                "and black skin, which textbooks have been slow to show."
            ),
        ),
        qualifications=(
            Qualification("MBBS", "St George's, University of London", 2008),
            Qualification("MRCP", "Royal College of Physicians", 2011),
            Qualification("Specialty Certificate in Dermatology", "Federation of the Royal Colleges", 2015),
        ),
        interests=("Mole checks", "Acne", "Pigmentation", "Hair loss", "Skin of colour"),
        visits=(
            Visit("Skin consultation", 30, 17500, buffer_after=5),
            Visit("Mole check", 20, 14000),
            Visit("Video consultation", 20, 11000, "video"),
            Visit("Minor procedure", 45, 32000, buffer_before=10, buffer_after=15, notice=4320, needs_approval=True),
        ),
        windows=week("mon tue wed", "09:00-13:00 14:00-17:00", "calloway-square")
        + week("fri", "09:30-13:00 14:00-16:30", "harbour-row"),
        looks="smiling, with long dark hair and a teal blouse",
        questions=(
            Question(
                "Do I need to take make-up off?",
                "Please come without it if the problem is on your face. There is a basin and a mirror in the room.",
            ),
            Question(
                "Can you check a mole by video?",
                "I can tell you whether it needs to be seen, but a mole is judged with a dermatoscope, in person.",
            ),
        ),
    ),
    Doctor(
        given_name="Leila",
        family_name="Hosseini",
        slug="leila-hosseini",
        gmc_number="9900115",
        gender="female",
        languages=("en", "fa", "tr"),
        specialties=("dermatology",),
        locations=("tannery-wharf",),
        summary="Eczema, psoriasis and itching in adults and children, treated step by step.",
        biography=(
            (
                "Dr Hosseini runs a clinic for eczema and psoriasis that has grown by word of mouth. She believes "
                "that most treatment fails at the bathroom shelf, not in the laboratory, and goes through every cream "
                "with you: how much, how often, in what order."
            ),
            (
                "When creams are not enough she knows the newer tablets and injections well, and is frank about what "
                "each can do and what it asks of you. She sees children from two years old."
            ),
        ),
        qualifications=(
            Qualification("MBChB", "University of Sheffield", 2007),
            Qualification("MRCP", "Royal College of Physicians", 2010),
            Qualification("MSc in Clinical Dermatology", "Cardiff University", 2014),
        ),
        interests=("Eczema", "Psoriasis", "Itching", "Hives", "Rosacea"),
        visits=(
            Visit("Skin consultation", 30, 16000, buffer_after=5),
            Visit("Treatment review", 20, 9500),
            Visit("Video review", 15, 8000, "video"),
        ),
        windows=week("mon thu", "09:00-12:30 13:30-17:00", "tannery-wharf")
        + week("wed", "12:00-18:30", "tannery-wharf"),
        looks="with wavy brown hair, in a white coat over a coral top",
        questions=(
            Question(
                "Should I stop my creams before I come?",
                (
                    "No. Use them as usual and bring them along, also those that did not work. That saves us trying "
                    "them again."
                ),
            ),
            Question(
                "Do you see young children?",
                (
                    "From the age of two. Please bring a change of clothes for a child, because we will try some "
                    "creams together."
                ),
            ),
        ),
    ),
    Doctor(
        given_name="Ibrahim",
        family_name="Diallo",
        slug="ibrahim-diallo",
        gmc_number="9900122",
        gender="male",
        languages=("en", "fr"),
        specialties=("dermatology",),
        locations=("calloway-square",),
        summary="A dermatologist with a clinic for scars, keloids and hair.",
        biography=(
            (
                "I trained in Lyon and in London and came to dermatology through surgery, which left me fussy about "
                "scars. I see people with keloids, with hair that is thinning and with rashes under a uniform or a "
                "headscarf."
            ),
            "I prefer to treat a little and often, and to agree at the start what we would both call a success.",
        ),
        qualifications=(
            Qualification("Doctorate in Medicine", "Université Claude Bernard Lyon 1", 2014),
            Qualification("MRCP", "Royal College of Physicians", 2018),
        ),
        interests=("Keloids and scars", "Hair loss", "Contact rashes", "Vitiligo"),
        visits=(
            Visit("Skin consultation", 30, 16500, buffer_after=5),
            Visit("Video consultation", 20, 10500, "video"),
        ),
        windows=week("thu fri", "09:00-12:30 13:30-17:00", "calloway-square"),
        looks="smiling, with short dark hair and a white shirt",
        standing="pending",
        questions=(
            Question(
                "Can a keloid be cured?",
                (
                    "It can usually be made flatter, softer and less itchy. It may come back, so we agree on how to "
                    "look after it before we begin."
                ),
            ),
        ),
    ),
    Doctor(
        given_name="Siobhán",
        family_name="Kelly",
        slug="siobhan-kelly",
        gmc_number="9900105",
        gender="female",
        languages=("en", "ga"),
        specialties=("womens-health",),
        locations=("stanes-terrace",),
        summary="A consultant gynaecologist for menopause, heavy periods and pelvic pain.",
        biography=(
            (
                "Too many women are told that it is normal. Some of it is, some of it is not, and you deserve to know "
                "which. That conversation takes time, so my first appointments last three quarters of an hour."
            ),
            (
                "I look after women through the menopause, with heavy or painful periods, endometriosis and fibroids. "
                "A chaperone is always offered, and nothing is ever examined that you would rather leave for another "
                "day."
            ),
            "I came to Edinburgh from Galway for one winter in 2004 and am still here.",
        ),
        qualifications=(
            Qualification("MB BCh BAO", "University of Galway", 2001),
            Qualification("MRCOG", "Royal College of Obstetricians and Gynaecologists", 2008),
            Qualification("Menopause Specialist", "British Menopause Society", 2016),
        ),
        interests=("Menopause", "Heavy periods", "Endometriosis", "Fibroids", "Pelvic pain"),
        visits=(
            Visit("First consultation", 45, 19500, buffer_after=10, notice=720),
            Visit("Follow-up", 20, 10500),
            Visit("Menopause by video", 30, 13000, "video"),
        ),
        windows=week("mon tue thu", "09:00-12:45 13:45-16:45", "stanes-terrace"),
        looks="smiling, with auburn hair, freckles and a green blouse",
        questions=(
            Question(
                "Can I come during my period?",
                "Yes. It makes no difference to us, and for some problems it helps.",
            ),
        ),
    ),
    Doctor(
        given_name="Ananya",
        family_name="Iyer",
        slug="ananya-iyer",
        gmc_number="9900117",
        gender="female",
        languages=("en", "ta", "ml"),
        specialties=("womens-health", "general-practice"),
        locations=("calloway-square",),
        summary="Contraception, coils and fertility questions, answered without embarrassment.",
        biography=(
            (
                "Dr Iyer is a GP who spends most of her week in women's health. She fits coils and implants gently, "
                "talks through every alternative first and offers pain relief without being asked."
            ),
            (
                "She also sees couples who have been trying for a baby for some time and do not know where to begin: "
                "which tests are worth having, in what order, and when to wait. Her Saturday clinic is for people who "
                "cannot leave work."
            ),
        ),
        qualifications=(
            Qualification("MBBS", "Queen Mary University of London", 2016),
            Qualification("MRCGP", "Royal College of General Practitioners", 2021),
            Qualification(
                "Diploma in Sexual and Reproductive Health", "Faculty of Sexual and Reproductive Healthcare", 2022
            ),
        ),
        interests=("Contraception", "Coil fitting", "Fertility tests", "Cervical screening", "Painful periods"),
        visits=(
            Visit("Appointment", 20, 8500),
            Visit(
                "Coil fitting or change", 45, 18500, buffer_before=5, buffer_after=15, notice=2880, needs_approval=True
            ),
            Visit("Contraception by phone", 15, 4500, "phone"),
        ),
        windows=week("tue wed", "10:00-13:30 14:30-18:00", "calloway-square")
        + week("sat", "09:00-13:00", "calloway-square"),
        looks="smiling, with glasses and tied-back dark hair, in blue scrubs",
        questions=(
            Question(
                "Is fitting a coil painful?",
                (
                    "For some people it is a cramp for a few minutes, for others it hurts more. We talk about pain "
                    "relief before the day, and you can ask me to stop at any point."
                ),
            ),
            Question(
                "Can my partner come?",
                ("Yes, to any visit. I will also offer you a few minutes alone, as I do with everybody."),
            ),
        ),
    ),
)
