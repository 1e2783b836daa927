"""David Okafor: type 2 diabetes, and the insulin that he did not need."""

from demo.stories.shape import (
    CHECKUP,
    DIAGNOSIS,
    EMERGENCY,
    LAB_RESULT,
    PRESCRIPTION,
    Note,
    Visit,
)

DAVID = (
    Visit(
        "2023-11-14 08:00",
        LAB_RESULT,
        "Fasting sugar at the health fair",
        "Fasting glucose 9.2 mmol/L from a finger prick.",
        symptoms="Thirsty for months, up twice a night.",
    ),
    Visit(
        "2023-11-20 09:30",
        DIAGNOSIS,
        "Type 2 diabetes",
        "HbA1c 68 mmol/mol, fasting glucose 9.6 mmol/L. Weight 98 kg, BMI 31.",
        symptoms="Thirst, tiredness, frequent urination.",
        diagnosis="Type 2 diabetes mellitus.",
        treatment="Diabetes course of four evenings, dietician, walking.",
        medications="Metformin 500 mg, twice a day with meals",
        notes=(
            Note(
                "dr_hassan",
                18,
                "Raise metformin to 1 g twice a day after two weeks if the stomach "
                "allows it.",
            ),
        ),
    ),
    Visit(
        "2023-12-11 11:00",
        CHECKUP,
        "Feet and nerves",
        "Pulses present on both feet, monofilament felt at 10 of 10 points.",
        treatment="Look at the feet every evening; good shoes.",
    ),
    Visit(
        "2024-01-22 10:00",
        CHECKUP,
        "Eye examination",
        "Both pupils widened. No retinopathy. Next examination in a year.",
    ),
    Visit(
        "2024-02-19 08:15",
        LAB_RESULT,
        "Three months on metformin",
        "HbA1c 57 mmol/mol, LDL cholesterol 3.4 mmol/L, eGFR 77, urine albumin to "
        "creatinine ratio 2.1 mg/mmol.",
        notes=(Note("dr_hassan", 7, "From 68 to 57 in three months: very good."),),
    ),
    Visit(
        "2024-03-04 09:00",
        PRESCRIPTION,
        "A statin",
        "With diabetes at this age a statin is advised whatever the cholesterol.",
        medications="Metformin 1 g, twice a day with meals\n"
        "Atorvastatin 20 mg, once in the evening",
    ),
    Visit(
        "2024-06-10 08:30",
        LAB_RESULT,
        "HbA1c 54",
        "HbA1c 54 mmol/mol, LDL cholesterol 1.9 mmol/L. Weight 94 kg.",
    ),
    Visit(
        "2024-09-16 14:10",
        EMERGENCY,
        "Faint at a funeral",
        "Had not eaten since the evening before. Glucose 5.1 mmol/L, ECG normal, "
        "blood pressure lying 128/80, standing 102/64.",
        symptoms="Black before the eyes, fell on a chair, no injury.",
        diagnosis="Orthostatic syncope.",
        treatment="Fluids. Home after two hours.",
        notes=(
            Note(
                "dr_hassan",
                20,
                "Not a low sugar. Metformin alone does not cause one.",
            ),
        ),
    ),
    Visit(
        "2024-12-02 08:20",
        LAB_RESULT,
        "Yearly laboratory",
        "HbA1c 58 mmol/mol, eGFR 74, urine albumin to creatinine ratio 4.8 mg/mmol, "
        "LDL cholesterol 1.8 mmol/L.",
        notes=(
            Note(
                "dr_hassan",
                10,
                "Albumin is above the limit for the first time. Repeat before telling "
                "him about the kidneys.",
                is_private=True,
            ),
        ),
    ),
    Visit(
        "2025-01-27 09:00",
        LAB_RESULT,
        "Urine repeated",
        "Urine albumin to creatinine ratio 5.2 mg/mmol, no infection.",
    ),
    Visit(
        "2025-02-10 09:30",
        DIAGNOSIS,
        "First sign of diabetes in the kidneys",
        "Albumin raised in two samples, filtration normal.",
        diagnosis="Diabetic kidney disease, stage G2 A2.",
        treatment="Blood pressure below 130/80, less salt, a tablet that protects the "
        "kidneys.",
        medications="Metformin 1 g, twice a day with meals\n"
        "Empagliflozin 10 mg, once in the morning\n"
        "Ramipril 2.5 mg, once in the morning\n"
        "Atorvastatin 20 mg, once in the evening",
        notes=(
            Note(
                "dr_hassan",
                24,
                "Pause empagliflozin and metformin on days with vomiting or diarrhoea.",
            ),
        ),
    ),
    Visit(
        "2025-02-24 10:20",
        CHECKUP,
        "Eye examination",
        "A few microaneurysms in the left eye, sight not touched. Again in a year.",
        diagnosis="Mild non-proliferative retinopathy, left.",
    ),
    Visit(
        "2025-05-13 13:00",
        DIAGNOSIS,
        "Stiff left shoulder",
        "External rotation 20 degrees on the left, 60 on the right. X-ray normal.",
        symptoms="Pain at night, cannot reach the back pocket.",
        diagnosis="Frozen shoulder, left; more frequent with diabetes.",
        treatment="Physiotherapy within the limits of pain.",
        notes=(
            Note(
                "dr_weber",
                4,
                "An injection with a steroid helps, but raises the sugar for a week.",
            ),
            Note("dr_hassan", 22, "Agreed. Please measure three times a day after it."),
        ),
    ),
    Visit(
        "2025-05-26 11:30",
        PRESCRIPTION,
        "Injection into the shoulder",
        "Triamcinolone 40 mg into the left glenohumeral joint, sterile, no "
        "complication. Highest glucose afterwards 13.4 mmol/L on the second day.",
    ),
    Visit(
        "2025-06-16 08:00",
        LAB_RESULT,
        "Kidneys better",
        "HbA1c 55 mmol/mol, urine albumin to creatinine ratio 2.9 mg/mmol, eGFR 72, "
        "potassium 4.7 mmol/L.",
    ),
    Visit(
        "2025-09-08 10:00",
        CHECKUP,
        "Shoulder after four months",
        "External rotation 45 degrees, nights without pain.",
        notes=(Note("dr_weber", 6, "The thaw has begun. Go on with the exercises."),),
    ),
    Visit(
        "2025-12-08 08:10",
        LAB_RESULT,
        "Yearly laboratory",
        "HbA1c 52 mmol/mol, eGFR 73, urine albumin to creatinine ratio 2.4 mg/mmol, "
        "LDL cholesterol 1.7 mmol/L. Weight 88 kg.",
    ),
    Visit(
        "2026-02-23 10:10",
        CHECKUP,
        "Eye examination",
        "Unchanged: a few microaneurysms on the left. Again in a year.",
    ),
    Visit(
        "2026-06-15 09:00",
        CHECKUP,
        "Half-yearly diabetes visit",
        "Blood pressure 124/74, feet without finding, HbA1c 51 mmol/mol.",
        treatment="Insulin, which he was afraid of, is not in sight.",
    ),
    Visit(
        "2026-09-28 08:20",
        PRESCRIPTION,
        "Flu vaccination and repeat prescriptions",
        "Influenza vaccine into the left upper arm, tolerated well.",
        medications="Metformin 1 g, twice a day with meals\n"
        "Empagliflozin 10 mg, once in the morning\n"
        "Ramipril 5 mg, once in the morning\n"
        "Atorvastatin 20 mg, once in the evening",
        notes=(
            Note(
                "dr_hassan", 8, "Ramipril is 5 mg from today; potassium in two weeks."
            ),
        ),
    ),
    Visit(
        "2026-10-19 08:00",
        LAB_RESULT,
        "Potassium after the change of dose",
        "Potassium 4.8 mmol/L, creatinine 94 µmol/L, eGFR 72.",
        notes=(
            Note(
                "dr_hassan",
                4,
                "Upper end of normal. I will repeat it in December with the rest.",
                is_private=True,
            ),
        ),
    ),
)
