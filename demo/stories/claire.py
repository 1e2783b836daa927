"""Claire Dubois: migraine, what brings it on, and what keeps it away."""

from demo.stories.shape import (
    CHECKUP,
    DIAGNOSIS,
    EMERGENCY,
    LAB_RESULT,
    PRESCRIPTION,
    Note,
    Visit,
)

CLAIRE = (
    Visit(
        "2023-11-30 12:30",
        CHECKUP,
        "Eye test because of headaches",
        "Sight 1.0 on both sides, pressure normal. New glasses for the screen.",
        symptoms="Headache behind the right eye, two to three days a month.",
    ),
    Visit(
        "2024-01-16 13:30",
        DIAGNOSIS,
        "Migraine",
        "Attacks of 12 to 36 hours, one-sided, pulsating, with nausea; light hurts. "
        "Nerves without finding. Mother has migraine.",
        symptoms="Four days of headache a month.",
        diagnosis="Migraine without aura.",
        treatment="Headache diary. Sleep and meals at regular times.",
        medications="Naproxen 500 mg at the start of an attack",
        notes=(
            Note(
                "dr_hassan",
                4,
                "No codeine, because of the reaction in 2009. Diary, please.",
            ),
        ),
    ),
    Visit(
        "2024-03-19 13:00",
        PRESCRIPTION,
        "A triptan for attacks",
        "Naproxen helps in one attack of three.",
        treatment="At most on nine days a month.",
        medications="Sumatriptan 50 mg at the start, again after two hours if needed",
    ),
    Visit(
        "2024-05-21 13:00",
        CHECKUP,
        "Diary of two months",
        "Ten attacks in nine weeks, six of them around the period. Sumatriptan helps "
        "within an hour in eight of ten.",
        notes=(Note("dr_hassan", 5, "The diary is worth a lot. Go on with it."),),
    ),
    Visit(
        "2024-07-27 06:50",
        EMERGENCY,
        "Flickering and a numb hand",
        "Zigzag lines for 20 minutes, then the left hand numb for 15 minutes, then "
        "headache. Nerves without finding on arrival. Computed tomography normal.",
        symptoms="Afraid of a stroke.",
        diagnosis="Migraine with aura, first time.",
        treatment="Metoclopramide and paracetamol by drip; home at noon.",
        notes=(
            Note(
                "dr_hassan",
                50,
                "Takes the combined pill, and now has aura: change contraception soon.",
                is_private=True,
            ),
            Note(
                "dr_hassan",
                51,
                "Please make an appointment this week; we have to talk about the pill.",
            ),
        ),
    ),
    Visit(
        "2024-07-31 13:00",
        PRESCRIPTION,
        "Off the combined pill",
        "With aura, oestrogen raises the risk of a stroke.",
        medications="Desogestrel 75 µg, once a day without pause",
    ),
    Visit(
        "2024-08-13 10:30",
        LAB_RESULT,
        "Magnetic resonance of the head",
        "Normal. No bleeding, no narrowing of vessels, no old scars.",
    ),
    Visit(
        "2024-10-08 13:00",
        CHECKUP,
        "Six days a month",
        "More attacks since the autumn: shifts at work, little sleep.",
        treatment="Something that prevents: choice talked over.",
    ),
    Visit(
        "2024-10-09 13:30",
        PRESCRIPTION,
        "Metoprolol to prevent attacks",
        medications="Metoprolol 50 mg, after two weeks 100 mg, once in the morning\n"
        "Sumatriptan 50 mg as needed",
        notes=(Note("dr_hassan", 6, "Count the days per month; judge after three."),),
    ),
    Visit(
        "2025-01-14 13:00",
        CHECKUP,
        "Three months on metoprolol",
        "Five days a month instead of six. Pulse 54, blood pressure 98/60.",
        symptoms="Tired, cold feet, dizzy on standing.",
    ),
    Visit(
        "2025-01-15 12:45",
        PRESCRIPTION,
        "Metoprolol stopped, amitriptyline begun",
        medications="Amitriptyline 10 mg at night, every week 10 mg more up to 30 mg",
    ),
    Visit(
        "2025-04-15 13:00",
        CHECKUP,
        "Three months on amitriptyline",
        "Three days a month. Sleeps better, mouth dry, 1.5 kg more.",
        notes=(Note("dr_hassan", 5, "Half as many as in the autumn. Let us keep it."),),
    ),
    Visit(
        "2025-07-08 13:15",
        LAB_RESULT,
        "Blood at the occupational doctor's",
        "Blood count, liver, kidneys and thyroid normal. Vitamin D 41 nmol/L.",
    ),
    Visit(
        "2025-10-03 16:20",
        EMERGENCY,
        "Fall from the bicycle",
        "Wet leaves. Abrasions at the left elbow and hip, helmet broken. Not "
        "unconscious, remembers everything.",
        symptoms="Headache, different from migraine; neck stiff.",
        diagnosis="Bruises, mild concussion.",
        treatment="Rest for two days, wound care. Tetanus vaccination refreshed.",
        notes=(Note("dr_hassan", 17, "If you vomit or get drowsy, go back at once."),),
    ),
    Visit(
        "2025-10-14 13:00",
        CHECKUP,
        "After the concussion",
        "No headache for three days, balance normal. Screen work by the hour.",
    ),
    Visit(
        "2026-01-20 13:00",
        CHECKUP,
        "Two years of migraine diary",
        "Two to three days a month for half a year.",
        treatment="Amitriptyline down to 20 mg. Day shifts only since December.",
        medications="Amitriptyline 20 mg at night\nSumatriptan 50 mg as needed",
    ),
    Visit(
        "2026-04-21 13:00",
        CHECKUP,
        "Still two days a month",
        "No more attacks on the lower dose. Weight as before.",
    ),
    Visit(
        "2026-07-21 13:00",
        PRESCRIPTION,
        "Amitriptyline faded out",
        "A year and a half of treatment; now a trial without.",
        treatment="10 mg for four weeks, then none.",
        medications="Sumatriptan 50 mg as needed",
        notes=(
            Note("dr_hassan", 4, "If it comes back, we begin again. No harm done."),
        ),
    ),
    Visit(
        "2026-10-20 13:00",
        CHECKUP,
        "Three months without tablets",
        "Two days a month, one of them with aura, sumatriptan helps.",
        notes=(
            Note("dr_hassan", 4, "Aura once in three months needs no new examination."),
            Note(
                "dr_hassan",
                5,
                "Blood pressure to be checked next time; sumatriptan at 42 and above.",
                is_private=True,
            ),
        ),
    ),
)
