"""Priya Nair: a wish for a child, an early loss, and a pregnancy that goes well."""

from demo.stories.shape import (
    CHECKUP,
    DIAGNOSIS,
    EMERGENCY,
    LAB_RESULT,
    PRESCRIPTION,
    Note,
    Visit,
)

PRIYA = (
    Visit(
        "2024-02-06 10:00",
        CHECKUP,
        "First visit at Dr. Hassan's",
        "Healthy. Blood pressure 108/66, weight 57 kg, height 160 cm.",
    ),
    Visit(
        "2024-06-04 11:20",
        CHECKUP,
        "Cervical smear",
        "Smear and HPV test taken. Result: normal, HPV not found.",
    ),
    Visit(
        "2024-10-22 09:00",
        LAB_RESULT,
        "Thyroid and iron",
        "TSH 5.8 mU/L, free T4 12.1 pmol/L, TPO antibodies raised, ferritin 22 µg/L.",
        symptoms="Tired, cold hands, hair falling out.",
        notes=(
            Note(
                "dr_hassan",
                9,
                "The thyroid is a little slow. We repeat it before treating.",
            ),
        ),
    ),
    Visit(
        "2024-12-03 09:30",
        DIAGNOSIS,
        "Underactive thyroid",
        "TSH 7.4 mU/L six weeks later.",
        diagnosis="Hypothyroidism, autoimmune (Hashimoto).",
        medications="Levothyroxine 50 µg, in the morning on an empty stomach",
    ),
    Visit(
        "2025-02-11 08:40",
        LAB_RESULT,
        "Thyroid on levothyroxine",
        "TSH 2.1 mU/L, free T4 15.3 pmol/L.",
    ),
    Visit(
        "2025-04-15 10:15",
        CHECKUP,
        "Wish for a child",
        "Cycle regular, 29 days. Rubella immune. Blood group O negative.",
        treatment="Folic acid from now on, no alcohol.",
        medications="Levothyroxine 50 µg\nFolic acid 400 µg, once a day",
        notes=(
            Note(
                "dr_hassan",
                5,
                "Tell me as soon as a test is positive: the thyroid dose goes up then.",
            ),
        ),
    ),
    Visit(
        "2025-08-09 23:10",
        EMERGENCY,
        "Bleeding in early pregnancy",
        "Seven weeks after the last period. Ultrasound: no heartbeat.",
        symptoms="Bleeding and cramps since the evening.",
        diagnosis="Early miscarriage.",
        treatment="Waited; complete after four days.",
        medications="Paracetamol 1 g as needed",
        notes=(
            Note(
                "dr_hassan",
                34,
                "I am very sorry. Nothing you did caused this. Call whenever you like.",
            ),
            Note(
                "dr_hassan",
                35,
                "No anti-D given before ten weeks, according to guideline. Ask about "
                "mood at the next visit.",
                is_private=True,
            ),
        ),
    ),
    Visit(
        "2025-09-09 10:00",
        CHECKUP,
        "A month later",
        "Cycle has returned. Sleeps badly, talks with her husband and a friend.",
        treatment="Appointment with the counsellor of the clinic.",
    ),
    Visit(
        "2025-11-04 08:30",
        LAB_RESULT,
        "Thyroid",
        "TSH 1.9 mU/L. Ferritin 38 µg/L.",
    ),
    Visit(
        "2026-03-03 09:00",
        CHECKUP,
        "Test positive",
        "Last period on 26 January. Due date 2 November by dates.",
        symptoms="Nausea in the morning, tender breasts.",
        treatment="Levothyroxine raised at once by a third.",
        medications="Levothyroxine 75 µg\nFolic acid 400 µg",
        notes=(
            Note("dr_hassan", 3, "Congratulations! First ultrasound in three weeks."),
        ),
    ),
    Visit(
        "2026-03-24 10:30",
        LAB_RESULT,
        "First ultrasound",
        "One embryo, crown-rump length 16 mm, heartbeat 168 a minute. Eight weeks.",
    ),
    Visit(
        "2026-04-02 08:00",
        LAB_RESULT,
        "First blood of the pregnancy",
        "O negative, antibody screen negative. Haemoglobin 7.6 mmol/L. HIV, hepatitis "
        "B and syphilis negative. TSH 1.4 mU/L.",
        notes=(
            Note(
                "dr_hassan", 10, "Rhesus negative: anti-D at 28 weeks, I made a note."
            ),
        ),
    ),
    Visit(
        "2026-04-21 11:00",
        LAB_RESULT,
        "Twelve-week scan",
        "Nuchal translucency 1.2 mm, nose bone seen. Combined risk low.",
    ),
    Visit(
        "2026-05-19 09:45",
        CHECKUP,
        "Sixteen weeks",
        "Blood pressure 104/62, heartbeat of the child heard, weight 59 kg.",
        symptoms="Nausea gone.",
    ),
    Visit(
        "2026-06-16 10:00",
        LAB_RESULT,
        "Twenty-week scan",
        "Growth according to dates, heart with four chambers, placenta at the back "
        "wall and clear of the cervix.",
    ),
    Visit(
        "2026-07-14 08:15",
        LAB_RESULT,
        "Sugar test",
        "Glucose 4.4 fasting, 8.1 after one hour and 6.6 mmol/L after two hours.",
        diagnosis="No gestational diabetes.",
    ),
    Visit(
        "2026-08-11 09:30",
        PRESCRIPTION,
        "Twenty-eight weeks: anti-D and iron",
        "Anti-D given into the upper arm. Haemoglobin 6.7 mmol/L.",
        medications="Anti-D immunoglobulin 300 µg, once\n"
        "Ferrous fumarate 200 mg, every other day\nLevothyroxine 75 µg",
        notes=(
            Note("dr_hassan", 4, "Whooping cough vaccine at the next visit, please."),
        ),
    ),
    Visit(
        "2026-09-08 09:30",
        CHECKUP,
        "Thirty-two weeks",
        "Blood pressure 112/70, fundus 31 cm, head down. Whooping cough vaccine given.",
    ),
    Visit(
        "2026-10-06 10:00",
        CHECKUP,
        "Thirty-six weeks",
        "Blood pressure 118/74, no protein, head engaged. Birth plan talked over.",
        symptoms="Short of breath on stairs, ankles swollen in the evening.",
        notes=(
            Note(
                "dr_hassan",
                4,
                "All as it should be. With headache or flickering eyes call at once.",
            ),
        ),
    ),
    Visit(
        "2026-10-27 10:00",
        CHECKUP,
        "Thirty-nine weeks",
        "Blood pressure 120/76, no protein. Irregular contractions. The bag is packed.",
    ),
)
