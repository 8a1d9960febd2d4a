# P-22. The minutes around a booking are the resource's own, else the location's.

location Pier in Europe/Berlin, grace 15/45
door Front door at Pier
group Meeting at Pier opens Front door
room Blue room at Pier opens Meeting
room Red room at Pier opens Meeting, grace 0/5

person Mira
Mira books Blue room on 2026-03-10 12:00 to 13:00
2026-03-10 11:44 Mira at Front door → no, because starts later
2026-03-10 11:45 Mira at Front door → yes, by booking
2026-03-10 13:44 Mira at Front door → yes, by booking
2026-03-10 13:45 Mira at Front door → no, because ended

person Noor
Noor books Red room on 2026-03-10 12:00 to 13:00
2026-03-10 11:59 Noor at Front door → no, because starts later, next 2026-03-10 12:00
2026-03-10 12:00 Noor at Front door → yes, by booking
2026-03-10 13:04 Noor at Front door → yes, by booking
2026-03-10 13:05 Noor at Front door → no, because ended
