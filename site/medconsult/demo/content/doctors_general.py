"""General practice and paediatrics: seven invented doctors. Their GMC numbers begin with 99 and are nobody's."""

from __future__ import annotations

from medconsult.demo.content.shapes import Doctor, Qualification, Question, Visit, week

DOCTORS = (
    Doctor(
        given_name="Amara",
        family_name="Okafor",
        slug="amara-okafor",
        gmc_number="9900101",
        gender="female",
        languages=("en", "ig", "fr"),
        specialties=("general-practice",),
        locations=("calloway-square",),
        summary="A GP for the whole family, with a particular interest in diabetes and blood pressure.",
        biography=(
            (
                "I became a GP because I wanted to know people for years rather than minutes. Most of what I do is "
                "listen, join things up and help you decide what is worth doing next."
            ),
            (
                "I look after many people with diabetes, high blood pressure and thyroid problems. Together we look "
                "at the numbers, at what you eat and how you live, and change one thing at a time. If a tablet is not "
                "helping, I would sooner stop it than add another."
            ),
            "Before medicine I taught chemistry in a secondary school, so expect drawings on the back of an envelope.",
        ),
        qualifications=(
            Qualification("MBBS", "University of Nottingham", 2010),
            Qualification("MRCGP", "Royal College of General Practitioners", 2016),
            Qualification("Diploma in Diabetes Care", "University of Leicester", 2019),
        ),
        interests=("Type 2 diabetes", "High blood pressure", "Thyroid conditions", "Health checks", "Travel advice"),
        visits=(
            Visit("First appointment", 30, 9500, buffer_after=5),
            Visit("Follow-up", 15, 5500),
            Visit("Telephone advice", 10, 3500, "phone", notice=60),
        ),
        windows=week("mon tue thu", "09:00-12:30 13:30-17:00", "calloway-square")
        + week("fri", "08:30-13:00", "calloway-square"),
        looks="smiling, with short natural hair and an ochre jumper",
        questions=(
            Question(
                "Should I bring my home blood pressure readings?",
                "Yes please. Two readings in the morning and two in the evening for a week tell me more than one "
                "taken in a clinic.",
            ),
        ),
    ),
    Doctor(
        given_name="Yusuf",
        family_name="Rahman",
        slug="yusuf-rahman",
        gmc_number="9900104",
        gender="male",
        languages=("en", "bn", "ur"),
        specialties=("general-practice",),
        locations=("tannery-wharf",),
        summary="A Manchester GP who is at home with asthma, men's health and minor injuries.",
        biography=(
            (
                "Dr Rahman grew up above his parents' shop in Oldham and has worked in Manchester surgeries for "
                "fifteen years. Patients describe him as unhurried, which he takes as the best compliment a GP can "
                "have."
            ),
            (
                "He sees people of every age. He runs a weekly breathing clinic for asthma and chronic cough, and "
                "likes to check how an inhaler is really used before changing it. Men who have put something off for "
                "months are especially welcome."
            ),
        ),
        qualifications=(
            Qualification("MBChB", "University of Manchester", 2005),
            Qualification("MRCGP", "Royal College of General Practitioners", 2010),
        ),
        interests=("Asthma and cough", "Men's health", "Minor injuries", "Stopping smoking"),
        visits=(
            Visit("Appointment", 20, 6500),
            Visit("Long appointment", 40, 11500, buffer_after=5, notice=720),
            Visit("Video appointment", 15, 4500, "video"),
        ),
        windows=week("mon wed fri", "08:30-12:30 14:00-17:30", "tannery-wharf"),
        looks="with a short dark beard, in a pale blue shirt",
        questions=(
            Question(
                "Should I bring my inhalers?",
                (
                    "Yes, all of them, also the old ones. I will ask you to show me how you use them, and there is "
                    "no wrong way to begin."
                ),
            ),
            Question(
                "Can I come with something embarrassing?",
                (
                    "Please do. Whatever it is, I have heard it this month. You choose whether you would like a "
                    "chaperone."
                ),
            ),
        ),
    ),
    Doctor(
        given_name="Eleanor",
        family_name="Hughes",
        slug="eleanor-hughes",
        gmc_number="9900111",
        gender="female",
        languages=("en", "cy"),
        specialties=("general-practice", "womens-health"),
        locations=("harbour-row",),
        summary="Thirty years a GP, with long experience of menopause, memory problems and complicated medicines.",
        biography=(
            (
                "I have been a family doctor since 1994, first in a valley where I was the only one for ten miles, "
                "and in Bristol for the past eighteen years. I have seen most things at least twice."
            ),
            (
                "My longer appointments suit anyone with several conditions or a carrier bag of tablets. We go "
                "through all of it and usually leave with a shorter list. I also see many women around the menopause "
                "and many families who are worried about somebody's memory."
            ),
            "I teach young doctors on Wednesdays, so you may be asked whether one may sit in. It is fine to say no.",
        ),
        qualifications=(
            Qualification("MB BCh", "University of Wales College of Medicine", 1990),
            Qualification("MRCGP", "Royal College of General Practitioners", 1994),
            Qualification("Diploma in Geriatric Medicine", "Royal College of Physicians", 1999),
        ),
        interests=("Medicine reviews", "Menopause", "Memory and dementia", "Care in later life", "Osteoporosis"),
        visits=(
            Visit("Appointment", 20, 7000),
            Visit("Medicines review", 45, 12500, buffer_after=10, notice=1440),
            Visit("Telephone advice", 15, 4500, "phone"),
        ),
        windows=week("mon tue thu", "09:00-13:00 14:00-16:30", "harbour-row"),
        looks="with silver hair and round glasses, in a green cardigan",
        questions=(
            Question(
                "May my daughter come with me?",
                "Of course. Two pairs of ears are better than one, and we will make sure that you do the talking.",
            ),
        ),
    ),
    Doctor(
        given_name="Rhys",
        family_name="Morgan",
        slug="rhys-morgan",
        gmc_number="9900116",
        gender="male",
        languages=("en", "cy"),
        specialties=("general-practice", "bones-joints-and-sport"),
        locations=("harbour-row",),
        summary="A GP and former rugby club doctor who gives joint injections and straightforward advice.",
        biography=(
            (
                "Half of my week is ordinary general practice and the other half is knees, shoulders and backs. I "
                "spent eleven seasons as a touchline doctor and learned that rest is rarely the whole answer."
            ),
            (
                "I examine carefully, explain what a scan would and would not change, and give joint injections here "
                "when they are likely to help. If exercises will do the job I will show you three and not thirteen."
            ),
        ),
        qualifications=(
            Qualification("MB BCh", "Cardiff University", 1994),
            Qualification("MRCGP", "Royal College of General Practitioners", 1999),
            Qualification("Diploma in Sport and Exercise Medicine", "University of Bath", 2006),
        ),
        interests=("Knee and shoulder pain", "Joint injections", "Back pain", "Gout", "Healthy weight"),
        visits=(
            Visit("Appointment", 20, 6800),
            Visit("Joint assessment", 30, 9800, buffer_after=5),
            Visit("Joint injection", 30, 14500, buffer_before=5, buffer_after=10, notice=2880, needs_approval=True),
        ),
        windows=week("tue wed", "09:00-12:30 13:30-17:30", "harbour-row") + week("fri", "09:00-15:00", "harbour-row"),
        looks="with a grey beard, in a dark teal jumper over a white collar",
        questions=(
            Question(
                "Does an injection hurt?",
                (
                    "A little, for a few seconds. The joint may be sore for a day or two. I tell you beforehand "
                    "what it can do for you and how long that usually lasts."
                ),
            ),
            Question(
                "May I drive home after an injection?",
                (
                    "It is better to be driven, and to rest the joint for a day or two. Ask your insurer if you are "
                    "not sure."
                ),
            ),
        ),
    ),
    Doctor(
        given_name="Zainab",
        family_name="Malik",
        slug="zainab-malik",
        gmc_number="9900123",
        gender="female",
        languages=("en", "ur", "pa"),
        specialties=("general-practice",),
        locations=("tannery-wharf",),
        summary="A newly qualified GP with an interest in young women's health and students.",
        biography=(
            (
                "Dr Malik finished her GP training in Salford this spring and joins Tannery Wharf with fresh "
                "knowledge and a good deal of patience. She enjoys the first conversation about a problem more than "
                "any other."
            ),
            (
                "She has a particular interest in students, in polycystic ovary syndrome and in people who are new to "
                "the country and unsure how to find their way around its health service."
            ),
        ),
        qualifications=(
            Qualification("MBChB", "Lancaster University", 2019),
            Qualification("MRCGP", "Royal College of General Practitioners", 2026),
        ),
        interests=("Students' health", "Polycystic ovary syndrome", "Contraception", "Anaemia"),
        visits=(
            Visit("Appointment", 20, 6000),
            Visit("Video appointment", 15, 4200, "video"),
        ),
        windows=week("tue thu", "09:00-12:30 13:30-17:00", "tannery-wharf"),
        looks="smiling, in a terracotta headscarf",
        standing="pending",
        questions=(
            Question(
                "I am new in this country. Can you explain how things work?",
                (
                    "Yes, gladly. I can tell you how to register with an NHS surgery, what is free of charge there, "
                    "and where to go at night. Ask for an interpreter when you book."
                ),
            ),
        ),
    ),
    Doctor(
        given_name="Fatima",
        family_name="Al-Hassan",
        slug="fatima-al-hassan",
        gmc_number="9900107",
        gender="female",
        languages=("en", "ar"),
        specialties=("paediatrics",),
        locations=("tannery-wharf", "calloway-square"),
        summary="A consultant in children's allergies, eczema and feeding, from newborns to teenagers.",
        biography=(
            (
                "Children rarely tell you what is wrong in the order that textbooks expect. I let them play, watch "
                "carefully and ask the grown-ups afterwards. Most visits end with less worry than they began with."
            ),
            (
                "My special field is allergy: hives after a peanut, milk that does not agree with a baby, eczema that "
                "keeps a household awake. I do skin-prick tests in the clinic and write plans that a school can "
                "follow."
            ),
            "I have three children of my own and no illusions about bedtime.",
        ),
        qualifications=(
            Qualification("MBBS", "King's College London", 2011),
            Qualification("MRCPCH", "Royal College of Paediatrics and Child Health", 2015),
            Qualification("MSc in Allergy", "Imperial College London", 2018),
        ),
        interests=("Food allergy", "Eczema", "Feeding and reflux", "Hay fever", "Asthma in children"),
        visits=(
            Visit("First visit", 40, 18000, buffer_after=10, notice=1440),
            Visit("Follow-up", 20, 9500),
            Visit("Video follow-up", 20, 8500, "video"),
        ),
        windows=week("mon tue", "09:30-12:30 13:30-16:30", "tannery-wharf")
        + week("thu", "10:00-13:00 14:00-17:00", "calloway-square"),
        looks="smiling, in a sage green headscarf",
        questions=(
            Question(
                "Does my child have to stop antihistamines before an allergy test?",
                "For skin-prick tests, yes, for four days. If stopping would be hard, tell us and we will choose "
                "another way.",
            ),
        ),
    ),
    Doctor(
        given_name="Oliver",
        family_name="Bennett",
        slug="oliver-bennett",
        gmc_number="9900114",
        gender="male",
        languages=("en", "es"),
        specialties=("paediatrics",),
        locations=("harbour-row",),
        summary="A children's doctor for coughs, tummies, sleep and everything that frightens new parents.",
        biography=(
            (
                "Dr Bennett looks after children from birth to sixteen. He has a soft voice, a drawer of stickers and "
                "a habit of sitting on the floor."
            ),
            (
                "He trained in Bristol and spent two years in a children's hospital in Santiago, where he learned "
                "Spanish and the value of a good growth chart. He is happy to see a baby for nothing more than "
                "reassurance; the new-baby call is free for that reason."
            ),
        ),
        qualifications=(
            Qualification("MBChB", "University of Bristol", 2017),
            Qualification("MRCPCH", "Royal College of Paediatrics and Child Health", 2022),
        ),
        interests=("Newborn worries", "Constipation and tummy pain", "Sleep", "Recurrent infections"),
        visits=(
            Visit("First visit", 30, 12000, buffer_after=5),
            Visit("Follow-up", 20, 7500),
            Visit("New-baby call", 15, 0, "phone", notice=60, horizon_days=30),
        ),
        windows=week("mon wed thu", "09:00-12:00 13:00-17:00", "harbour-row"),
        looks="with curly sandy hair and freckles, in a cream shirt",
        questions=(
            Question(
                "My child is afraid of doctors. What can we do?",
                (
                    "Tell them what will happen, bring a favourite toy and let it go first. We do not begin until "
                    "your child is ready, and there is no hurry."
                ),
            ),
            Question(
                "When should I not wait for a visit?",
                (
                    "Call 999 if your child has trouble breathing, is hard to wake, or has a rash that does not "
                    "fade under a glass. Call 111 for a baby under three months with a temperature of 38C or more."
                ),
            ),
        ),
    ),
)
