# P-21. A company's item may reach chosen people only.

location Pier in Europe/Berlin
door Server room at Pier
group Technicians at Pier opens Server room
plan Server room key opens Technicians
company Tideline
person Mira
person Noor
person Finn
Mira belongs to Tideline from 2026-01-01
Noor belongs to Tideline from 2026-01-01 to 2026-03-15
Tideline subscribes to Server room key at Pier from 2026-03-01, only for Mira and Noor and Finn

2026-03-10 12:00 Mira at Server room → yes, by company
2026-03-10 12:00 Noor at Server room → yes, by company
# Chosen, but no longer in the company; and chosen, but never in it.
2026-03-16 00:00 Noor at Server room → no, because not in the company
2026-03-10 12:00 Finn at Server room → no, because nothing assigned

# In the company, not chosen.
person Ada
Ada belongs to Tideline from 2026-01-01
2026-03-10 12:00 Ada at Server room → no, because not chosen
2026-03-10 12:00 who at Server room → Mira and Noor
