# P-21. A company's subscription reaches its people while they belong to it.

location Pier in Europe/Berlin
door Front door at Pier
group Members at Pier opens Front door
plan Team opens Members
company Tideline
Tideline subscribes to Team at Pier from 2026-03-01 to 2026-06-30

person Mira
Mira belongs to Tideline from 2026-01-01
2026-02-28 23:59 Mira at Front door → no, because starts later, next 2026-03-01 00:00
2026-03-01 00:00 Mira at Front door → yes, by company
2026-07-01 00:00 Mira at Front door → no, because ended

# Who joins later comes later; who leaves goes at the end of the day.
person Noor
Noor belongs to Tideline from 2026-03-10 to 2026-03-20
2026-03-09 23:59 Noor at Front door → no, because not in the company, next 2026-03-10 00:00
2026-03-10 00:00 Noor at Front door → yes, by company
2026-03-20 23:59 Noor at Front door → yes, by company
2026-03-21 00:00 Noor at Front door → no, because not in the company
2026-03-01 00:00 vendor must hold Noor in Members → 2026-03-10 00:00 to 2026-03-21 00:00

# Who comes back has two windows.
person Finn
Finn belongs to Tideline from 2026-03-01 to 2026-03-05
Finn belongs to Tideline from 2026-03-10 to 2026-03-12
2026-03-07 12:00 Finn at Front door → no, because not in the company, next 2026-03-10 00:00
2026-03-01 00:00 vendor must hold Finn in Members → 2026-03-01 00:00 to 2026-03-06 00:00 and 2026-03-10 00:00 to 2026-03-13 00:00

# Somebody of another company.
company Lantern
person Ada
Ada belongs to Lantern from 2026-01-01
2026-03-15 12:00 Ada at Front door → no, because nothing assigned
2026-03-15 12:00 who at Front door → Mira and Noor
