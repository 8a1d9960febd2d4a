# P-28. One answer to four questions. (Every question of every story is also asked the other three ways.)

location Pier in Europe/Berlin
door Front door at Pier
door Lab at Pier
group Members at Pier opens Front door
group Scientists at Pier opens Lab and Front door
plan Flex desk opens Members
plan Lab bench opens Scientists

person Mira
person Noor
person Finn
Mira subscribes to Flex desk at Pier from 2026-03-01
Noor subscribes to Lab bench at Pier from 2026-03-05 to 2026-03-20

2026-03-04 12:00 who at Front door → Mira
2026-03-10 12:00 who at Front door → Mira and Noor
2026-03-10 12:00 who at Lab → Noor
2026-03-21 00:00 who at Lab → nobody
2026-03-10 12:00 Noor at Front door → yes, by subscription
2026-03-10 12:00 Mira at Lab → no, because nothing assigned
2026-03-10 12:00 vendor must hold Noor in Scientists → 2026-03-05 00:00 to 2026-03-21 00:00
2026-03-10 12:00 vendor must hold Noor in Members → nothing

# In the past as in the future.
2020-01-01 12:00 Mira at Front door → no, because starts later
2035-01-01 12:00 Mira at Front door → yes, by subscription
