# P-22. Confirmed or checked in opens; requested or cancelled does not; invitees come in like the booker; all five kinds of things.

location Pier in Europe/Berlin
door Front door at Pier
group Visitors at Pier opens Front door
room Blue room at Pier opens Visitors
desk Desk 7 at Pier opens Visitors
office Day office at Pier opens Visitors
parking Bay 4 at Pier opens Visitors
equipment Projector at Pier opens Visitors

person Mira
person Noor
person Finn
Mira books Blue room on 2026-03-10 12:00 to 13:00, checked in, inviting Noor and Finn
2026-03-10 12:30 Mira at Front door → yes, by booking
2026-03-10 11:30 Noor at Front door → yes, by invitation
2026-03-10 13:29 Finn at Front door → yes, by invitation
2026-03-10 12:30 who at Front door → Mira and Noor and Finn

# Waits for approval.
Mira books Desk 7 on 2026-03-11 12:00 to 13:00, requested, inviting Noor
2026-03-11 12:30 Mira at Front door → no, because booking requested
2026-03-11 12:30 Noor at Front door → no, because booking requested

# Called off.
Mira books Day office on 2026-03-12 12:00 to 13:00, cancelled, inviting Noor
2026-03-12 12:30 Mira at Front door → no, because cancelled
2026-03-12 12:30 Noor at Front door → no, because cancelled

# A parking place and a thing to carry.
Noor books Bay 4 on 2026-03-13 12:00 to 13:00
Finn books Projector on 2026-03-13 12:00 to 13:00
2026-03-13 12:30 Noor at Front door → yes, by booking
2026-03-13 12:30 Finn at Front door → yes, by booking
2026-03-13 12:30 Mira at Front door → no, because ended
