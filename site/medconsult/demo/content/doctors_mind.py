"""Mental health: four invented doctors. Their GMC numbers begin with 99 and are nobody's."""

from __future__ import annotations

from medconsult.demo.content.shapes import Doctor, Qualification, Question, Visit, week

DOCTORS = (
    Doctor(
        given_name="Tomasz",
        family_name="Nowak",
        slug="tomasz-nowak",
        gmc_number="9900110",
        gender="male",
        languages=("en", "pl"),
        specialties=("mental-health",),
        locations=("stanes-terrace",),
        summary="A psychiatrist for anxiety, depression and burnout, in English and Polish.",
        biography=(
            (
                "I see adults whose life has become smaller: the meeting avoided, the friend not called back, the "
                "night without sleep. We begin with an hour, because a good assessment saves months."
            ),
            (
                "I prescribe when it helps and explain what to expect in the first weeks, which are the hard ones. I "
                "work closely with talking therapists in the city and will say plainly if one of them would serve you "
                "better."
            ),
        ),
        qualifications=(
            Qualification("Lekarz", "Jagiellonian University", 2006),
            Qualification("MRCPsych", "Royal College of Psychiatrists", 2013),
        ),
        interests=("Anxiety", "Depression", "Burnout", "Sleep problems"),
        visits=(
            Visit("Assessment", 60, 24000, buffer_after=15, notice=1440, horizon_days=90),
            Visit("Review", 30, 12000),
            Visit("Review by video", 30, 11000, "video"),
        ),
        windows=week("mon wed", "10:00-13:00 14:00-18:00", "stanes-terrace")
        + week("thu", "12:00-18:00", "stanes-terrace"),
        looks="with light brown hair, in a slate blue jumper",
        questions=(
            Question(
                "Can the visit be in Polish?",
                (
                    "Yes, all of it or only the parts that are easier to say in Polish. Letters are in English, and "
                    "I go through them with you."
                ),
            ),
            Question(
                "Do I have to take medicine?",
                (
                    "No. We look at what could help, what each choice asks of you and what happens if we wait. You "
                    "decide, and you may change your mind."
                ),
            ),
        ),
    ),
    Doctor(
        given_name="Nia",
        family_name="Campbell",
        slug="nia-campbell",
        gmc_number="9900113",
        gender="female",
        languages=("en",),
        specialties=("mental-health",),
        locations=("calloway-square",),
        summary="Mood, identity and first jobs: psychiatry for people between sixteen and thirty.",
        biography=(
            (
                "Dr Campbell works with young adults. Moving out, breaking up, coming out, failing an exam and "
                "starting work are ordinary events that do not always feel ordinary, and she is interested in the "
                "point at which they tip into illness."
            ),
            (
                "She keeps her language plain, involves families only as far as you want, and puts the plan in "
                "writing so that you are not left to remember it on a bad day. Late afternoons are kept for people "
                "who are in class."
            ),
        ),
        qualifications=(
            Qualification("MBChB", "University of Birmingham", 2016),
            Qualification("MRCPsych", "Royal College of Psychiatrists", 2022),
        ),
        interests=("Young adults", "Low mood", "Panic", "Eating difficulties", "Self-harm"),
        visits=(
            Visit("Assessment", 60, 21000, buffer_after=10, notice=1440),
            Visit("Review", 30, 11000),
            Visit("Video review", 30, 10000, "video"),
            Visit("Is this for me? A first call", 15, 0, "phone", horizon_days=21),
        ),
        windows=week("mon tue thu", "12:00-15:30 16:00-19:00", "calloway-square"),
        looks="smiling, with long braids and a cream blouse",
        questions=(
            Question(
                "Will you tell my parents?",
                "Not unless you ask me to, or unless somebody is in danger. I will tell you first, whatever happens.",
            ),
        ),
    ),
    Doctor(
        given_name="Marcus",
        family_name="Grant",
        slug="marcus-grant",
        gmc_number="9900118",
        gender="male",
        languages=("en", "es"),
        specialties=("mental-health",),
        locations=("tannery-wharf",),
        summary="Assessment and treatment of ADHD in adults, and help with alcohol.",
        biography=(
            (
                "Many of the people I meet have been called lazy, and have worked twice as hard as anyone to keep up. "
                "An assessment for ADHD with me takes two visits, uses school reports if you have them, and ends with "
                "a written opinion either way."
            ),
            (
                "My other clinic is for drinking that has become a habit nobody likes, least of all the drinker. No "
                "lectures. We look at what the drink is for and find something else to do that job."
            ),
            "Out of hours I play double bass, badly, in a good band.",
        ),
        qualifications=(
            Qualification("MBBS", "Newcastle University", 2003),
            Qualification("MRCPsych", "Royal College of Psychiatrists", 2010),
            Qualification("MSc in Addiction Studies", "King's College London", 2013),
        ),
        interests=("ADHD in adults", "Alcohol", "Gambling", "Work stress"),
        visits=(
            Visit("Consultation", 45, 17500, buffer_after=5),
            Visit(
                "ADHD assessment, first visit",
                75,
                36000,
                buffer_after=15,
                notice=4320,
                horizon_days=120,
                needs_approval=True,
            ),
            Visit("Medication review by phone", 20, 8000, "phone"),
        ),
        windows=week("tue wed", "09:00-12:30 13:30-17:30", "tannery-wharf")
        + week("fri", "09:00-14:00", "tannery-wharf"),
        looks="with a shaved head and square glasses, in a dark polo neck",
        questions=(
            Question(
                "What should I bring to an ADHD assessment?",
                (
                    "School reports if you still have them, and the name of somebody who knew you as a child. If "
                    "there is nobody, we manage without."
                ),
            ),
            Question(
                "Will you tell my employer or the DVLA?",
                (
                    "I tell your employer nothing. Some conditions and some drinking have to be reported to the "
                    "DVLA, by you. I will say so plainly if that is the case."
                ),
            ),
        ),
    ),
    Doctor(
        given_name="Hannah",
        family_name="Goldberg",
        slug="hannah-goldberg",
        gmc_number="9900119",
        gender="female",
        languages=("en", "he", "fr"),
        specialties=("mental-health", "womens-health"),
        locations=("harbour-row", "calloway-square"),
        summary="Grief, motherhood and midlife: a psychiatrist who is also a trained therapist.",
        biography=(
            (
                "I am a psychiatrist and a psychotherapist, and have never been sure where one ends. People come to "
                "me after a loss, after a birth, or in the middle of a life that looks perfectly all right from "
                "outside."
            ),
            (
                "I see mothers, and fathers, in the first two years after a child arrives, including those who are "
                "planning a pregnancy while taking medicines. With grief I do not hurry anyone. We meet for as long "
                "as it is useful and then we stop."
            ),
        ),
        qualifications=(
            Qualification("MBChB", "University of Leeds", 1999),
            Qualification("MRCPsych", "Royal College of Psychiatrists", 2005),
            Qualification("MA in Psychotherapy", "University of Exeter", 2012),
        ),
        interests=("Bereavement", "Mental health after birth", "Midlife", "Medicines in pregnancy"),
        visits=(
            Visit("Assessment", 60, 23000, buffer_after=15, notice=1440),
            Visit("Session", 50, 14500, buffer_after=10),
            Visit("Session by video", 50, 13500, "video", buffer_after=10),
        ),
        windows=week("mon tue", "10:00-13:00 14:00-17:00", "harbour-row")
        + week("thu", "11:00-13:30 14:30-18:00", "calloway-square"),
        looks="smiling, with wavy brown-grey hair and dark glasses, in a red cardigan",
        questions=(
            Question(
                "May I bring my baby?",
                ("Of course. There is room for a pram, and nobody minds a baby who is heard."),
            ),
            Question(
                "How many sessions will I need?",
                (
                    "Some people come three times, some for a year. We look at it together after the fourth, and "
                    "you may stop whenever you like."
                ),
            ),
        ),
    ),
)
