"""Tom Becker: asthma and hay fever, from school until he moves away."""

from demo.stories.shape import (
    CHECKUP,
    DIAGNOSIS,
    EMERGENCY,
    LAB_RESULT,
    PRESCRIPTION,
    Note,
    Visit,
)

TOM = (
    Visit(
        "2023-11-21 15:00",
        CHECKUP,
        "Cough at football",
        "Lungs clear at rest. Peak flow 430 L/min, expected 520.",
        symptoms="Coughs after ten minutes of running and at night.",
        treatment="Peak flow twice a day for two weeks; lung function test.",
    ),
    Visit(
        "2023-12-05 15:30",
        LAB_RESULT,
        "Lung function",
        "FEV1 78 % of expected, 91 % after salbutamol (+520 mL).",
    ),
    Visit(
        "2023-12-07 15:00",
        DIAGNOSIS,
        "Asthma",
        "Peak flow varied by 24 % over two weeks.",
        symptoms="Wheeze, night cough twice a week.",
        diagnosis="Allergic asthma, mild persistent.",
        treatment="Inhaler explained and practised. Written plan for attacks.",
        medications="Budesonide/formoterol 160/4.5 µg, two puffs a day and as needed",
        notes=(
            Note(
                "dr_hassan", 18, "Rinse the mouth after each use. Bring it next time."
            ),
        ),
    ),
    Visit(
        "2024-01-16 15:00",
        LAB_RESULT,
        "Allergy tests",
        "Skin prick: birch 7 mm, cat 6 mm, grass 2 mm, house dust mite 0 mm. Total IgE "
        "310 kU/L.",
    ),
    Visit(
        "2024-02-13 15:30",
        CHECKUP,
        "Two months on the inhaler",
        "Peak flow 505 L/min. No night cough for four weeks.",
        notes=(Note("dr_hassan", 5, "Excellent. The cat stays out of the bedroom."),),
    ),
    Visit(
        "2024-04-18 16:00",
        PRESCRIPTION,
        "Birch season",
        symptoms="Itching eyes, runny nose, sneezes in series.",
        diagnosis="Allergic rhinoconjunctivitis.",
        medications="Cetirizine 10 mg, once a day\nMometasone nasal spray, once a day",
    ),
    Visit(
        "2024-05-04 21:30",
        EMERGENCY,
        "Asthma attack at a barbecue",
        "Saturation 92 %, rate 28, wheeze on both sides, peak flow 240 L/min.",
        symptoms="Short of breath, could not speak in sentences.",
        diagnosis="Moderate asthma attack.",
        treatment="Salbutamol three times by nebuliser, oxygen, prednisolone. 97 % "
        "after two hours.",
        medications="Prednisolone 40 mg once a day for five days",
        notes=(
            Note(
                "dr_hassan",
                14,
                "Had stopped the inhaler in March because he felt well. Mother does "
                "not know.",
                is_private=True,
            ),
            Note("dr_hassan", 15, "See me this week, please, with the inhaler."),
        ),
    ),
    Visit(
        "2024-05-08 15:00",
        CHECKUP,
        "After the attack",
        "Peak flow 470 L/min, lungs clear. Why the inhaler also on good days: talked "
        "over.",
        treatment="Alarm on the phone, morning and evening.",
    ),
    Visit(
        "2024-09-10 15:00",
        CHECKUP,
        "Asthma under control",
        "Asthma control test 23 of 25. Peak flow 525 L/min.",
    ),
    Visit(
        "2024-10-15 15:20",
        PRESCRIPTION,
        "Flu vaccination",
        "Influenza vaccine, tolerated well.",
        medications="Budesonide/formoterol 160/4.5 µg, repeat prescription",
    ),
    Visit(
        "2025-01-21 15:00",
        DIAGNOSIS,
        "Start of immunotherapy against birch",
        "For three years, as drops under the tongue; first dose without reaction.",
        diagnosis="Birch pollen allergy with asthma.",
        treatment="Half an hour of observation after the first dose.",
    ),
    Visit(
        "2025-03-08 14:20",
        EMERGENCY,
        "Ankle twisted at football",
        "Right ankle, outer side. X-ray: no fracture.",
        symptoms="Swelling below the outer ankle, limps.",
        diagnosis="Sprain of the lateral ankle ligaments, grade 2.",
        treatment="Brace for six weeks, crutches for three days.",
    ),
    Visit(
        "2025-03-12 10:00",
        CHECKUP,
        "Ankle, first visit at the orthopaedist",
        "Drawer test 4 mm more than on the left, firm stop.",
        treatment="Brace, balance exercises from the second week.",
        notes=(
            Note("dr_weber", 4, "No surgery. Football again in about eight weeks."),
        ),
    ),
    Visit(
        "2025-04-23 15:40",
        CHECKUP,
        "Ankle after six weeks",
        "Stable, no swelling. Stands on one leg with closed eyes for 20 seconds.",
        notes=(
            Note("dr_weber", 3, "Brace at matches until the summer, otherwise free."),
        ),
    ),
    Visit(
        "2025-05-06 15:00",
        CHECKUP,
        "First spring on the drops",
        "Birch season with antihistamine on three days only.",
    ),
    Visit(
        "2025-09-16 15:00",
        LAB_RESULT,
        "Lung function",
        "FEV1 94 % of expected, 97 % after salbutamol.",
        notes=(Note("dr_hassan", 6, "Normal for the first time."),),
    ),
    Visit(
        "2026-02-10 15:00",
        PRESCRIPTION,
        "Less medicine",
        "A year without attack.",
        treatment="One puff in the evening instead of two a day.",
        medications="Budesonide/formoterol 160/4.5 µg, one puff in the evening and as "
        "needed",
    ),
    Visit(
        "2026-05-12 15:10",
        CHECKUP,
        "Step down held",
        "Asthma control test 24 of 25 after three months on the lower dose.",
        notes=(
            Note("dr_hassan", 5, "Take the plan for attacks with you when you move."),
        ),
    ),
    Visit(
        "2026-08-18 09:30",
        CHECKUP,
        "Last visit before university",
        "Peak flow 560 L/min. Papers for the new doctor handed over.",
    ),
    Visit(
        "2026-10-20 17:00",
        PRESCRIPTION,
        "Repeat prescription at the student clinic",
        medications="Budesonide/formoterol 160/4.5 µg, one puff in the evening and as "
        "needed",
    ),
)
