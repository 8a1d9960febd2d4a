# P-20. A subscription opens from 00:00 of its first day until 00:00 of the day after its last.

location Pier in Europe/Berlin
door Front door at Pier
group Members at Pier opens Front door
plan Flex desk opens Members

person Mira
Mira subscribes to Flex desk at Pier from 2026-03-03 to 2026-03-31

# Scheduled gives nothing yet (the seed's "future start").
2026-03-02 12:00 Mira at Front door → no, because starts later, next 2026-03-03 00:00
2026-03-02 23:59 Mira at Front door → no, because starts later
2026-03-03 00:00 Mira at Front door → yes, by subscription
2026-03-31 23:59 Mira at Front door → yes, by subscription

# The day after the end.
2026-04-01 00:00 Mira at Front door → no, because ended
2026-06-01 12:00 Mira at Front door → no, because ended

# Without a last day it goes on.
person Noor
Noor subscribes to Flex desk at Pier from 2026-03-03
2030-01-01 12:00 Noor at Front door → yes, by subscription
2026-03-01 12:00 vendor must hold Noor in Members → 2026-03-03 00:00 to open end
2026-03-01 12:00 vendor must hold Mira in Members → 2026-03-03 00:00 to 2026-04-01 00:00
2026-04-01 00:00 vendor must hold Mira in Members → nothing

# Somebody who has nothing.
person Finn
2026-03-10 12:00 Finn at Front door → no, because nothing assigned
