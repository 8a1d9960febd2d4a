# P-22. The seed's example: 12:00 to 16:00 opens from 11:30 until 16:30.

location Pier in Europe/Berlin
door Front door at Pier
group Meeting at Pier opens Front door
room Blue room at Pier opens Meeting

person Mira
Mira books Blue room on 2026-03-10 12:00 to 16:00
2026-03-10 11:29 Mira at Front door → no, because starts later, next 2026-03-10 11:30
2026-03-10 11:30 Mira at Front door → yes, by booking
2026-03-10 16:29 Mira at Front door → yes, by booking
2026-03-10 16:30 Mira at Front door → no, because ended
2026-03-10 10:00 vendor must hold Mira in Meeting → 2026-03-10 11:30 to 2026-03-10 16:30

# And 9:30 to 11:30, from 9:00 until 12:00.
person Noor
Noor books Blue room on 2026-03-10 09:30 to 11:30
2026-03-10 08:59 Noor at Front door → no, because starts later
2026-03-10 09:00 Noor at Front door → yes, by booking
2026-03-10 11:59 Noor at Front door → yes, by booking
2026-03-10 12:00 Noor at Front door → no, because ended
