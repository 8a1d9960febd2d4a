# P-25. Suspended or removed people, and people removed from a company, lose what they had at once.

location Pier in Europe/Berlin
door Front door at Pier
group Members at Pier opens Front door
plan Flex desk opens Members
room Blue room at Pier opens Members
company Tideline
Tideline subscribes to Flex desk at Pier from 2026-03-01

person Mira, suspended
Mira subscribes to Flex desk at Pier from 2026-03-01
2026-03-10 12:00 Mira at Front door → no, because suspended
2026-03-10 12:00 vendor must hold Mira in Members → nothing

person Noor, removed
Noor books Blue room on 2026-03-10 12:00 to 13:00
2026-03-10 12:00 Noor at Front door → no, because removed

# Invited, not signed in yet: what they hold opens already.
person Finn, invited
Finn subscribes to Flex desk at Pier from 2026-03-01
2026-03-10 12:00 Finn at Front door → yes, by subscription

# Removed from the company at five past two.
person Ada
Ada belongs to Tideline from 2026-01-01, removed 2026-03-10 14:05
2026-03-10 14:04 Ada at Front door → yes, by company
2026-03-10 14:05 Ada at Front door → no, because not in the company
2026-03-10 15:00 who at Front door → Finn
