# P-20. A cancelled subscription ends at the instant it says, not at the end of the day.

location Pier in Europe/Berlin
door Front door at Pier
group Members at Pier opens Front door
plan Flex desk opens Members

person Mira
Mira subscribes to Flex desk at Pier from 2026-03-01 to 2026-03-31, cancelled 2026-03-10 14:05
2026-03-10 14:04 Mira at Front door → yes, by subscription
2026-03-10 14:05 Mira at Front door → no, because cancelled
2026-03-31 12:00 Mira at Front door → no, because cancelled

# Cancelled for a moment after its last day: the last day comes first.
person Noor
Noor subscribes to Flex desk at Pier from 2026-03-01 to 2026-03-31, cancelled 2026-04-15 12:00
2026-03-31 23:59 Noor at Front door → yes, by subscription
2026-04-01 00:00 Noor at Front door → no, because ended

# Cancelled before it began: it never opens.
person Finn
Finn subscribes to Flex desk at Pier from 2026-03-20, cancelled 2026-03-10 09:00
2026-03-20 12:00 Finn at Front door → no, because cancelled
