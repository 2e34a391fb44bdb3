"""Bones and joints; ear, nose and throat: six invented doctors. Their GMC numbers begin with 99 and are nobody's."""

from __future__ import annotations

from medconsult.demo.content.shapes import Doctor, Qualification, Question, Visit, week

DOCTORS = (
    Doctor(
        given_name="Harpreet",
        family_name="Gill",
        slug="harpreet-gill",
        gmc_number="9900106",
        gender="male",
        languages=("en", "pa", "hi"),
        specialties=("bones-joints-and-sport",),
        locations=("tannery-wharf",),
        summary="An orthopaedic surgeon for hips and knees who operates only when nothing simpler will do.",
        biography=(
            (
                "Mr Gill has replaced some four thousand hips and knees and talked a good many people out of a new "
                "one. He asks first what you would do with a better knee, and works back from there."
            ),
            (
                "He looks at your X-rays with you on a large screen, explains what can be expected of exercise, "
                "weight, injections and surgery, and sends you home with the choice in writing. There is no rush to "
                "decide."
            ),
        ),
        qualifications=(
            Qualification("MBChB", "University of Leicester", 1996),
            Qualification("FRCS (Tr & Orth)", "Royal College of Surgeons of England", 2006),
        ),
        interests=("Hip arthritis", "Knee arthritis", "Joint replacement", "Second opinions"),
        visits=(
            Visit("First consultation", 30, 20000, buffer_after=10, notice=1440, horizon_days=90),
            Visit("Follow-up", 15, 11000),
            Visit("Scan results by video", 15, 9500, "video"),
        ),
        windows=week("mon", "13:30-18:00", "tannery-wharf") + week("thu", "08:30-12:30 13:30-16:30", "tannery-wharf"),
        looks="with a navy turban and a full beard, in a grey suit",
        title="Mr",
        questions=(
            Question(
                "Should I bring my X-rays?",
                (
                    "If they are on a disc or in an app, yes. If not, tell us where they were taken and we will ask "
                    "for them."
                ),
            ),
        ),
    ),
    Doctor(
        given_name="Daniel",
        family_name="Mensah",
        slug="daniel-mensah",
        gmc_number="9900108",
        gender="male",
        languages=("en",),
        specialties=("bones-joints-and-sport",),
        locations=("calloway-square", "stanes-terrace"),
        summary="A sport and exercise doctor for runners, dancers and anyone with a desk.",
        biography=(
            (
                "I ran the 800 metres for my county until a hamstring ended it, so I take other people's hamstrings "
                "seriously. These days I see as many stiff necks from laptops as I see injured athletes."
            ),
            (
                "You will be asked to move: squat, hop, reach, run in the corridor. I use ultrasound at the desk to "
                "look at tendons, and we finish with a plan for the next six weeks that fits into the life you have."
            ),
        ),
        qualifications=(
            Qualification("MBBS", "University of East Anglia", 2015),
            Qualification("MSc in Sport and Exercise Medicine", "University of Glasgow", 2019),
            Qualification("MFSEM", "Faculty of Sport and Exercise Medicine", 2021),
        ),
        interests=("Running injuries", "Tendon pain", "Neck and back pain", "Dancers", "Return to sport"),
        visits=(
            Visit("First assessment", 30, 9500),
            Visit("Follow-up", 20, 8000),
            Visit("Assessment with ultrasound", 45, 16500, buffer_after=5),
            Visit("Desk and back check by video", 20, 6500, "video", notice=60),
        ),
        windows=week("mon wed", "08:00-12:00 13:00-16:30", "calloway-square")
        + week("fri", "10:00-13:00 14:00-17:00", "stanes-terrace"),
        looks="smiling, with a short beard and teal scrubs, a stethoscope round his neck",
        questions=(
            Question(
                "What should I wear?",
                (
                    "Shorts or loose trousers, and the shoes that you run or work in. Old shoes tell me more than "
                    "new ones."
                ),
            ),
            Question(
                "Do I have to stop running until you have seen me?",
                (
                    "If it hurts while you run, or more the morning after, take it easier until then. Walking is "
                    "usually fine. If you cannot put weight on a leg, go to A&E."
                ),
            ),
        ),
    ),
    Doctor(
        given_name="Charlotte",
        family_name="Ashworth",
        slug="charlotte-ashworth",
        gmc_number="9900121",
        gender="female",
        languages=("en", "it"),
        specialties=("bones-joints-and-sport",),
        locations=("harbour-row",),
        summary="A hand surgeon for carpal tunnel, trigger fingers and sprained thumbs.",
        biography=(
            (
                "Miss Ashworth treats nothing but hands and wrists: numb fingers at night, thumbs that hurt on jars, "
                "lumps, breaks and tendons. Pianists and plasterers are equally welcome."
            ),
            (
                "Many hand operations take a quarter of an hour under local anaesthetic. She explains when one is "
                "worth it, and works with a hand therapist whose splints do the rest."
            ),
        ),
        qualifications=(
            Qualification("MBBS", "University of Southampton", 2013),
            Qualification("FRCS (Plast)", "Royal College of Surgeons of England", 2024),
        ),
        interests=("Carpal tunnel syndrome", "Trigger finger", "Thumb arthritis", "Wrist injuries"),
        visits=(
            Visit("Hand consultation", 30, 18000, buffer_after=5),
            Visit("Follow-up", 15, 9500),
        ),
        windows=week("wed thu", "09:00-12:30 13:30-16:30", "harbour-row"),
        looks="smiling, with fair hair in a bun and teal scrubs",
        title="Miss",
        standing="pending",
        questions=(
            Question(
                "Which hand should I not use before the visit?",
                ("Use both as usual. Take rings off the sore hand if they come off easily, and do not force them."),
            ),
        ),
    ),
    Doctor(
        given_name="Mei-Ling",
        family_name="Chen",
        slug="mei-ling-chen",
        gmc_number="9900109",
        gender="female",
        languages=("en", "zh"),
        specialties=("ear-nose-and-throat",),
        locations=("calloway-square",),
        summary="Noses, sinuses and voices, with a camera no thicker than a drinking straw.",
        biography=(
            (
                "If you have lived with a blocked nose for years you may have forgotten what a clear one is like. I "
                "find out why: a bend, an allergy, polyps, or a spray that has done more harm than good."
            ),
            (
                "I look with a very fine camera, which is quick and which you can watch on the screen. Singers, "
                "teachers and call-centre staff come to me with tired voices, and we work together with a speech "
                "therapist in the next room."
            ),
        ),
        qualifications=(
            Qualification("MB BCh", "University of Aberdeen", 2009),
            Qualification("FRCS (ORL-HNS)", "Royal College of Surgeons of Edinburgh", 2019),
        ),
        interests=("Blocked nose", "Sinusitis", "Voice problems", "Loss of smell", "Hay fever"),
        visits=(
            Visit("Consultation with camera", 30, 19000, buffer_after=10),
            Visit("Follow-up", 15, 9800),
            Visit("Video consultation", 15, 9000, "video"),
        ),
        windows=week("mon tue fri", "08:30-12:30 13:30-16:00", "calloway-square"),
        looks="with a dark bob and fringe, in a slate jacket",
        title="Miss",
        questions=(
            Question(
                "Is the camera unpleasant?",
                (
                    "It feels odd and may make your eyes water. A spray numbs the nose first, it takes about a "
                    "minute, and you can ask me to stop."
                ),
            ),
            Question(
                "May I eat before the visit?",
                (
                    "Yes. After the spray, wait an hour before you eat or drink anything hot, because your throat "
                    "may be a little numb."
                ),
            ),
        ),
    ),
    Doctor(
        given_name="Kenji",
        family_name="Watanabe",
        slug="kenji-watanabe",
        gmc_number="9900120",
        gender="male",
        languages=("en", "fr"),
        specialties=("ear-nose-and-throat",),
        locations=("stanes-terrace",),
        summary="Hearing, tinnitus and dizziness, for adults and for children from five.",
        biography=(
            (
                "Mr Watanabe specialises in ears. He trained in Glasgow and Lille and has a reputation for taking "
                "dizziness seriously: one careful hour, a few manoeuvres on the couch, and often an answer the same "
                "day."
            ),
            (
                "A hearing test is part of every first visit. For tinnitus he offers no miracle, but a good deal that "
                "helps, and time to explain how the brain learns to turn a sound down."
            ),
        ),
        qualifications=(
            Qualification("MBChB", "University of Glasgow", 2010),
            Qualification("FRCS (ORL-HNS)", "Royal College of Surgeons of Edinburgh", 2020),
        ),
        interests=("Dizziness and vertigo", "Tinnitus", "Hearing loss", "Glue ear", "Ear infections"),
        visits=(
            Visit("Consultation with hearing test", 45, 20500, buffer_after=10),
            Visit("Dizziness assessment", 60, 25000, buffer_after=10, notice=1440),
            Visit("Follow-up", 15, 9500),
        ),
        windows=week("tue wed", "09:00-12:30 13:30-17:00", "stanes-terrace")
        + week("fri", "09:00-12:30", "stanes-terrace"),
        looks="with round glasses, in a light blue shirt",
        title="Mr",
        questions=(
            Question(
                "Should somebody drive me?",
                "For a dizziness assessment, please. The tests can bring the dizziness on for an hour or so.",
            ),
        ),
    ),
    Doctor(
        given_name="Victor",
        family_name="Hale",
        slug="victor-hale",
        gmc_number="9900124",
        gender="male",
        languages=("en",),
        specialties=("ear-nose-and-throat",),
        locations=("harbour-row",),
        summary="An ear, nose and throat surgeon with forty years of experience.",
        biography=(
            (
                "Mr Hale has practised in the West Country since 1987 and sees adults with hoarseness, snoring and "
                "recurrent sore throats."
            ),
            "He prefers to treat with advice and patience where both will do, and works in the mornings only.",
        ),
        qualifications=(
            Qualification("MBBS", "University of Bristol", 1984),
            Qualification("FRCS", "Royal College of Surgeons of England", 1990),
        ),
        interests=("Hoarseness", "Snoring", "Sore throats"),
        visits=(Visit("Consultation", 30, 17000, buffer_after=5), Visit("Follow-up", 15, 9000)),
        windows=week("tue thu", "09:00-12:30", "harbour-row"),
        looks="with white hair and a moustache, in a brown suit and a green tie",
        title="Mr",
        standing="suspended",
    ),
)
