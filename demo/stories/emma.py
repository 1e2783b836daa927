"""Emma Larsen: a torn cruciate ligament, its surgery and the way back to handball."""

from demo.stories.shape import (
    CHECKUP,
    DIAGNOSIS,
    EMERGENCY,
    LAB_RESULT,
    PRESCRIPTION,
    Note,
    Visit,
)

EMMA = (
    Visit(
        "2023-11-16 16:00",
        CHECKUP,
        "Fitness for the handball season",
        "Heart and lungs without finding, resting pulse 58, blood pressure 112/68.",
    ),
    Visit(
        "2024-03-16 19:50",
        EMERGENCY,
        "Knee twisted at the match",
        "Landed on the left leg after a jump, knee turned inwards, a loud snap. "
        "Swollen within an hour. X-ray: no fracture.",
        symptoms="Pain and swelling of the left knee, cannot put weight on it.",
        diagnosis="Haemarthrosis of the left knee, ligament injury suspected.",
        treatment="Splint, crutches, cooling, magnetic resonance within the week.",
        medications="Ibuprofen 400 mg, up to three times a day",
    ),
    Visit(
        "2024-03-21 10:00",
        LAB_RESULT,
        "Magnetic resonance of the left knee",
        "Complete tear of the anterior cruciate ligament. Tear of the posterior horn "
        "of the lateral meniscus. Bone bruise. Collateral ligaments intact.",
        notes=(
            Note(
                "dr_weber",
                4,
                "As feared. Let us talk about surgery when the swelling is gone.",
            ),
        ),
    ),
    Visit(
        "2024-03-27 09:30",
        DIAGNOSIS,
        "Torn cruciate ligament",
        "Lachman test positive without a firm stop, pivot shift positive.",
        symptoms="The knee gives way on stairs.",
        diagnosis="Rupture of the anterior cruciate ligament, left; tear of the "
        "lateral meniscus.",
        treatment="Exercise first until the knee bends and stretches freely, then "
        "reconstruction.",
    ),
    Visit(
        "2024-05-06 08:00",
        LAB_RESULT,
        "Blood before surgery",
        "Haemoglobin 8.4 mmol/L, platelets 262, clotting normal, creatinine 66 µmol/L.",
    ),
    Visit(
        "2024-05-14 07:30",
        DIAGNOSIS,
        "Reconstruction of the cruciate ligament",
        "Arthroscopy under general anaesthesia, 85 minutes, no complication. "
        "Latex-free theatre.",
        diagnosis="Anterior cruciate ligament rupture, left.",
        treatment="Graft from the hamstring tendons, suture of the lateral meniscus.",
        medications="Enoxaparin 40 mg under the skin once a day for two weeks\n"
        "Paracetamol 1 g four times a day",
        notes=(
            Note("dr_weber", 8, "Graft 8 mm, stable at the end. The suture held well."),
            Note(
                "dr_weber",
                9,
                "Cartilage of the lateral condyle grade 2; watch this in later years.",
                is_private=True,
            ),
        ),
    ),
    Visit(
        "2024-05-28 10:00",
        CHECKUP,
        "Stitches out",
        "Wounds dry, bending 70 degrees, stretching full.",
        treatment="Half weight on crutches for four more weeks, for the meniscus.",
    ),
    Visit(
        "2024-06-02 22:15",
        EMERGENCY,
        "Swollen calf",
        "Left calf 2 cm thicker than the right. Ultrasound of the leg veins: no "
        "thrombosis.",
        symptoms="Tight calf since the afternoon.",
        diagnosis="Swelling after surgery; thrombosis ruled out.",
        treatment="Raise the leg, compression stocking.",
        notes=(Note("dr_weber", 11, "Right to have it looked at."),),
    ),
    Visit(
        "2024-06-25 09:00",
        CHECKUP,
        "Six weeks after surgery",
        "Bending 110 degrees, no effusion. Crutches may go.",
    ),
    Visit(
        "2024-08-20 09:30",
        CHECKUP,
        "Three months after surgery",
        "Thigh 3 cm thinner than the right. Cycling without pain.",
        treatment="Strength training three times a week.",
    ),
    Visit(
        "2024-11-19 09:00",
        CHECKUP,
        "Six months after surgery",
        "Running in a straight line since October. Strength of the left thigh 78 % of "
        "the right.",
        notes=(
            Note("dr_weber", 6, "No sport with turns before 90 % and nine months."),
        ),
    ),
    Visit(
        "2025-01-20 08:30",
        LAB_RESULT,
        "Blood because of tiredness",
        "Haemoglobin 6.9 mmol/L, ferritin 9 µg/L, thyroid normal.",
    ),
    Visit(
        "2025-02-04 09:00",
        PRESCRIPTION,
        "Iron tablets",
        "Iron deficiency from heavy periods.",
        diagnosis="Iron deficiency anaemia.",
        medications="Ferrous fumarate 200 mg every other day, with orange juice",
        notes=(
            Note(
                "dr_hassan",
                7,
                "Every other day is taken up better than daily. Again in two months.",
            ),
        ),
    ),
    Visit(
        "2025-02-18 10:00",
        CHECKUP,
        "Nine months after surgery",
        "Strength 91 %, four hop tests between 90 and 96 %. Lachman firm.",
        treatment="Training with the team, no matches yet.",
    ),
    Visit(
        "2025-04-08 08:30",
        LAB_RESULT,
        "Iron after two months",
        "Haemoglobin 8.0 mmol/L, ferritin 31 µg/L.",
        notes=(Note("dr_hassan", 6, "On the way. Two more months of tablets."),),
    ),
    Visit(
        "2025-05-20 10:00",
        CHECKUP,
        "A year after surgery",
        "Strength 97 %. No fear of the jump any more.",
        treatment="Matches from August, warm-up programme for life.",
        notes=(Note("dr_weber", 5, "A very good result. Enjoy the season."),),
    ),
    Visit(
        "2025-09-30 17:00",
        CHECKUP,
        "After the first matches",
        "Knee dry and stable after four matches.",
    ),
    Visit(
        "2026-04-14 09:15",
        LAB_RESULT,
        "Blood, a year later",
        "Haemoglobin 8.3 mmol/L, ferritin 48 µg/L.",
    ),
    Visit(
        "2026-07-07 10:00",
        CHECKUP,
        "Two years after surgery",
        "No complaints. Full movement, muscle the same on both sides.",
        notes=(Note("dr_weber", 4, "Next visit only if something bothers you."),),
    ),
    Visit(
        "2026-10-06 09:00",
        PRESCRIPTION,
        "A change of contraception",
        "Periods still heavy; hormonal coil talked over and chosen.",
        treatment="Coil to be fitted in November.",
        medications="Tranexamic acid 1 g three times a day, on heavy days only",
        notes=(Note("dr_hassan", 6, "Good choice, and good for the iron as well."),),
    ),
)
