# P-26. Two locations, two zones: the same date starts when it starts there.

location Pier in Europe/Berlin
location Dock in America/New_York
door Pier door at Pier
door Dock door at Dock
group Pier members at Pier opens Pier door
group Dock members at Dock opens Dock door
plan Both opens Pier members and Dock members

# A subscription's dates are read at its own location, whichever doors it opens.
person Mira
Mira subscribes to Both at Pier from 2026-03-01 to 2026-03-02
2026-02-28 23:59 Mira at Pier door → no, because starts later
2026-03-01 00:00 Mira at Pier door → yes, by subscription
2026-02-28 17:59 Mira at Dock door → no, because starts later, next 2026-02-28 18:00
2026-02-28 18:00 Mira at Dock door → yes, by subscription
2026-03-02 17:59 Mira at Dock door → yes, by subscription
2026-03-02 18:00 Mira at Dock door → no, because ended

# A location whose zone nobody knows opens nothing by dates, and says so; instants still count.
location Nowhere in Mars/Olympus
door Hatch at Pier
group Hatch members at Pier opens Hatch
plan Hatch desk opens Hatch members
person Noor
Noor subscribes to Hatch desk at Nowhere from 2026-03-01
2026-03-10 12:00 Noor at Hatch → no, because zone unknown
