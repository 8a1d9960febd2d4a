# P-24. Sources add up; nobody leaves while one of them still gives; touching windows are one.

location Pier in Europe/Berlin
door Front door at Pier
group Members at Pier opens Front door
plan Flex desk opens Members
room Blue room at Pier opens Members
company Tideline

# A subscription that ends while a booking runs: in until the booking's end.
person Mira
Mira subscribes to Flex desk at Pier from 2026-03-01 to 2026-03-10
Mira books Blue room on 2026-03-10 22:00 to 2026-03-11 02:00
2026-03-10 21:00 Mira at Front door → yes, by subscription
2026-03-10 23:00 Mira at Front door → yes, by subscription and booking
2026-03-11 00:00 Mira at Front door → yes, by booking
2026-03-11 02:29 Mira at Front door → yes, by booking
2026-03-11 02:30 Mira at Front door → no, because ended
2026-03-01 00:00 vendor must hold Mira in Members → 2026-03-01 00:00 to 2026-03-11 02:30

# Two bookings whose minutes of grace touch are one stay.
person Noor
Noor books Blue room on 2026-03-10 09:00 to 10:00
Noor books Blue room on 2026-03-10 11:00 to 12:00
2026-03-10 10:30 Noor at Front door → yes, by booking
2026-03-10 08:00 vendor must hold Noor in Members → 2026-03-10 08:30 to 2026-03-10 12:30

# With a gap between them they are two.
person Finn
Finn books Blue room on 2026-03-10 09:00 to 10:00
Finn books Blue room on 2026-03-10 13:00 to 14:00
2026-03-10 11:00 Finn at Front door → no, because starts later, next 2026-03-10 12:30
2026-03-10 08:00 vendor must hold Finn in Members → 2026-03-10 08:30 to 2026-03-10 10:30 and 2026-03-10 12:30 to 2026-03-10 14:30

# One's own and the company's, back to back.
person Ada
Ada belongs to Tideline from 2026-01-01
Ada subscribes to Flex desk at Pier from 2026-02-01 to 2026-02-28
Tideline subscribes to Flex desk at Pier from 2026-03-01 to 2026-03-31
2026-02-28 23:59 Ada at Front door → yes, by subscription
2026-03-01 00:00 Ada at Front door → yes, by company
2026-02-15 12:00 vendor must hold Ada in Members → 2026-02-01 00:00 to 2026-04-01 00:00
