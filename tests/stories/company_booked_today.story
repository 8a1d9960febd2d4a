# P-21. A company's item may reach only people with a booking here that day: a rotating team pays for who comes.

location Pier in Europe/Berlin
door Front door at Pier
door Quiet room door at Pier
group Members at Pier opens Front door
group Quiet at Pier opens Quiet room door
plan Rotating team opens Members
desk Desk 7 at Pier opens nothing
room Quiet room at Pier opens Quiet
location Harbour in Europe/Lisbon
desk Far desk at Harbour opens nothing
company Tideline
Tideline subscribes to Rotating team at Pier from 2026-03-01 to 2026-03-31, on days with a booking

person Mira
person Noor
Mira belongs to Tideline from 2026-01-01
Noor belongs to Tideline from 2026-01-01
Mira books Desk 7 on 2026-03-10 09:00 to 17:00, inviting Noor

# The whole day, from midnight to midnight, for booker and invitee.
2026-03-09 23:59 Mira at Front door → no, because no booking that day, next 2026-03-10 00:00
2026-03-10 00:00 Mira at Front door → yes, by company
2026-03-10 23:59 Mira at Front door → yes, by company
2026-03-11 00:00 Mira at Front door → no, because no booking that day
2026-03-10 20:00 Noor at Front door → yes, by company

# A booking over midnight counts for both days; one that ends at midnight only for the first. Grace adds no day.
person Finn
Finn belongs to Tideline from 2026-01-01
Finn books Desk 7 on 2026-03-12 22:00 to 2026-03-13 02:00
Finn books Desk 7 on 2026-03-20 22:00 to 2026-03-21 00:00
2026-03-01 00:00 vendor must hold Finn in Members → 2026-03-12 00:00 to 2026-03-14 00:00 and 2026-03-20 00:00 to 2026-03-21 00:00

# Neither a cancelled or requested booking, nor one at another location.
person Ada
Ada belongs to Tideline from 2026-01-01
Ada books Desk 7 on 2026-03-16 09:00 to 17:00, cancelled
Ada books Desk 7 on 2026-03-17 09:00 to 17:00, requested
Ada books Far desk on 2026-03-18 09:00 to 17:00
2026-03-16 12:00 Ada at Front door → no, because no booking that day
2026-03-17 12:00 Ada at Front door → no, because no booking that day
2026-03-18 12:00 Ada at Front door → no, because no booking that day

# Consecutive days are one window towards the vendor, and the last one ends with the subscription.
person Yusuf
Yusuf belongs to Tideline from 2026-01-01
Yusuf books Desk 7 on 2026-03-30 09:00 to 17:00
Yusuf books Desk 7 on 2026-03-31 22:00 to 2026-04-01 02:00
2026-03-01 00:00 vendor must hold Yusuf in Members → 2026-03-30 00:00 to 2026-04-01 00:00
2026-04-01 01:00 Yusuf at Front door → no, because ended
