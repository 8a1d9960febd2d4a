# P-26. Civil times are read where the door is; days and bookings keep to the clocks when they change.

location Pier in Europe/Berlin
door Front door at Pier
group Members at Pier opens Front door
plan Flex desk opens Members
room Blue room at Pier opens Members

# The night of 29 March has no hour from two to three: the booking's half hour of grace jumps over it.
person Mira
Mira books Blue room on 2026-03-29 03:15 to 04:00
2026-03-29 01:44 Mira at Front door → no, because starts later, next 2026-03-29 01:45
2026-03-29 01:45 Mira at Front door → yes, by booking
2026-03-29 04:29 Mira at Front door → yes, by booking

# The night of 25 October has the hour from two to three twice: booked in the second, shut in the first.
person Noor
Noor books Blue room on 2026-10-25 02:45 second to 2026-10-25 04:00
2026-10-25 02:14 first Noor at Front door → no, because starts later, next 2026-10-25 02:15 second
2026-10-25 02:15 first Noor at Front door → no, because starts later
2026-10-25 02:15 second Noor at Front door → yes, by booking

# A day's subscription is 23 hours in spring and 25 in autumn.
person Finn
Finn subscribes to Flex desk at Pier from 2026-03-29 to 2026-03-29
Finn subscribes to Flex desk at Pier from 2026-10-25 to 2026-10-25
2026-03-28 23:59 Finn at Front door → no, because starts later
2026-03-29 00:00 Finn at Front door → yes, by subscription
2026-03-29 23:59 Finn at Front door → yes, by subscription
2026-03-30 00:00 Finn at Front door → no, because starts later
2026-10-25 02:30 first Finn at Front door → yes, by subscription
2026-10-25 02:30 second Finn at Front door → yes, by subscription
2026-10-26 00:00 Finn at Front door → no, because ended

# In Cairo the clocks jump from midnight to one: the day starts at one. In Havana they fall back to midnight: it starts at the first.
location Nile in Africa/Cairo
door Gate at Nile
group Nile members at Nile opens Gate
plan Nile desk opens Nile members
person Ada
Ada subscribes to Nile desk at Nile from 2026-04-24
2026-04-23 23:59 Ada at Gate → no, because starts later, next 2026-04-24 01:00
2026-04-24 01:00 Ada at Gate → yes, by subscription

location Malecon in America/Havana
door Portal at Malecon
group Malecon members at Malecon opens Portal
plan Malecon desk opens Malecon members
person Yusuf
Yusuf subscribes to Malecon desk at Malecon from 2026-11-01
2026-10-31 23:59 Yusuf at Portal → no, because starts later, next 2026-11-01 00:00 first
2026-11-01 00:30 first Yusuf at Portal → yes, by subscription
2026-11-01 00:30 second Yusuf at Portal → yes, by subscription
