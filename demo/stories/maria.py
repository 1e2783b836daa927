"""Maria Santos: high blood pressure, found at a check-up and brought under control."""

from demo.stories.shape import (
    CHECKUP,
    DIAGNOSIS,
    EMERGENCY,
    LAB_RESULT,
    PRESCRIPTION,
    Note,
    Visit,
)

MARIA = (
    Visit(
        "2023-11-07 09:00",
        CHECKUP,
        "First visit at the new practice",
        "Blood pressure 158/96 on the right and 154/94 on the left arm, pulse 78. "
        "Weight 74 kg, height 163 cm.",
        symptoms="None, now and then a headache in the morning.",
        treatment="Measure at home twice a day for two weeks and write it down.",
        notes=(
            Note(
                "dr_hassan",
                15,
                "Please measure sitting, after five minutes of rest; bring the list.",
            ),
        ),
    ),
    Visit(
        "2023-11-21 09:20",
        DIAGNOSIS,
        "High blood pressure",
        "Home readings over two weeks: mean 149/93.",
        diagnosis="Primary hypertension, grade 1.",
        treatment="Less salt, a brisk walk of half an hour a day, tablets from today.",
        medications="Lisinopril 10 mg, once in the morning",
        notes=(
            Note(
                "dr_hassan",
                20,
                "Father had a stroke at 61; I would treat to below 130/80 early.",
                is_private=True,
            ),
        ),
    ),
    Visit(
        "2023-11-23 07:30",
        LAB_RESULT,
        "Blood and urine before treatment",
        "Creatinine 72 µmol/L, eGFR 84, potassium 4.3 mmol/L, LDL cholesterol "
        "3.9 mmol/L, fasting glucose 5.4 mmol/L. No protein in the urine.",
    ),
    Visit(
        "2023-12-19 10:00",
        CHECKUP,
        "Four weeks on lisinopril",
        "Blood pressure 141/88. Creatinine and potassium unchanged.",
        symptoms="A dry cough since the second week, worse at night.",
        notes=(
            Note(
                "dr_hassan",
                4,
                "The cough is a known effect of these tablets. We will change it.",
            ),
        ),
    ),
    Visit(
        "2023-12-20 08:30",
        PRESCRIPTION,
        "Change from lisinopril to losartan",
        treatment="Stop lisinopril; the cough should be gone in two to four weeks.",
        medications="Losartan 50 mg, once in the morning",
    ),
    Visit(
        "2024-02-06 09:40",
        CHECKUP,
        "Cough gone, pressure not yet there",
        "Blood pressure 138/86, home mean 136/85.",
        treatment="Losartan raised from 50 to 100 mg.",
        medications="Losartan 100 mg, once in the morning",
    ),
    Visit(
        "2024-03-14 11:00",
        LAB_RESULT,
        "Electrocardiogram",
        "Sinus rhythm, 68 a minute, normal axis, no sign of left ventricular "
        "hypertrophy.",
    ),
    Visit(
        "2024-05-07 09:10",
        PRESCRIPTION,
        "Amlodipine added",
        "Home mean 134/84 after three months on the full dose of losartan.",
        medications="Losartan 100 mg in the morning\nAmlodipine 5 mg in the evening",
    ),
    Visit(
        "2024-06-18 09:00",
        CHECKUP,
        "On target for the first time",
        "Blood pressure 127/78. Slight swelling of both ankles in the evening.",
        treatment="Keep both; raise the legs in the evening.",
        notes=(Note("dr_hassan", 6, "Well done. Next visit in three months."),),
    ),
    Visit(
        "2024-08-26 15:30",
        DIAGNOSIS,
        "Pain in the right shoulder",
        "After painting the ceiling. Painful arc between 70 and 120 degrees, strength "
        "full.",
        symptoms="Pain when lifting the arm, cannot sleep on the right side.",
        diagnosis="Subacromial pain syndrome, right.",
        treatment="Physiotherapy, no work above the head for six weeks.",
        medications="Paracetamol 1 g up to three times a day",
    ),
    Visit(
        "2024-09-09 10:30",
        CHECKUP,
        "Shoulder, first visit at the orthopaedist",
        "Ultrasound: bursa thickened, rotator cuff intact.",
        treatment="Six sessions of physiotherapy; an injection only if that fails.",
        notes=(
            Note(
                "dr_weber",
                3,
                "No tear. I expect this to settle in two to three months.",
            ),
            Note(
                "dr_hassan",
                26,
                "Please no ibuprofen with losartan; paracetamol is fine.",
            ),
        ),
    ),
    Visit(
        "2024-11-12 09:00",
        LAB_RESULT,
        "Yearly blood and urine",
        "Creatinine 74 µmol/L, eGFR 81, potassium 4.5 mmol/L, LDL cholesterol "
        "3.7 mmol/L, HbA1c 38 mmol/mol, urine albumin normal.",
    ),
    Visit(
        "2024-11-26 09:30",
        PRESCRIPTION,
        "A statin for the cholesterol",
        "Ten-year risk of heart attack or stroke 7.8 %, with the family history talked "
        "over.",
        medications="Atorvastatin 20 mg, once in the evening",
    ),
    Visit(
        "2025-01-13 10:00",
        CHECKUP,
        "Shoulder free again",
        "Full movement without pain, exercises at home go on.",
        notes=(Note("dr_weber", 5, "Nothing more to do from my side."),),
    ),
    Visit(
        "2025-03-02 20:40",
        EMERGENCY,
        "Nosebleed that would not stop",
        "Right side, for 40 minutes. 176/98 on arrival, 148/86 after an hour of rest.",
        symptoms="Bleeding from the nose, frightened.",
        diagnosis="Anterior epistaxis; blood pressure raised by excitement.",
        treatment="Packing for 24 hours, removed without new bleeding.",
        notes=(
            Note(
                "dr_hassan",
                13,
                "Had she run out of amlodipine? Ask at the next visit.",
                is_private=True,
            ),
        ),
    ),
    Visit(
        "2025-03-11 09:00",
        CHECKUP,
        "After the nosebleed",
        "Blood pressure 131/80. Had been without amlodipine for a week while "
        "travelling.",
        treatment="A spare pack goes into the hand luggage.",
    ),
    Visit(
        "2025-11-18 08:00",
        LAB_RESULT,
        "Yearly blood and urine",
        "Creatinine 75 µmol/L, eGFR 80, potassium 4.4 mmol/L, LDL cholesterol "
        "2.1 mmol/L, liver values normal.",
        notes=(Note("dr_hassan", 9, "The statin does what it should."),),
    ),
    Visit(
        "2025-12-02 09:30",
        CHECKUP,
        "Yearly check-up",
        "Blood pressure 126/77, weight 71 kg, pulse 70. Walks every day.",
    ),
    Visit(
        "2026-06-09 09:00",
        CHECKUP,
        "Half-yearly check-up",
        "Blood pressure 124/76, home mean 125/77. Ankles no longer swell.",
    ),
    Visit(
        "2026-10-13 09:20",
        PRESCRIPTION,
        "One tablet instead of two",
        "Both blood pressure tablets from now on as a fixed combination.",
        medications="Losartan 100 mg / amlodipine 5 mg, once in the morning\n"
        "Atorvastatin 20 mg, once in the evening",
        notes=(
            Note("dr_hassan", 5, "Same substances, same doses. Nothing else changes."),
        ),
    ),
)
