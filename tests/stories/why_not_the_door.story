# P-27. Why not: what is wrong with the door or its group.

location Pier in Europe/Berlin
account at Pier uses site North
door Front door at Pier, site North
door Back door at Pier
door Old door at Pier, gone
door Other house at Pier, site South
door Lonely door at Pier
door Lift at Pier
group Members at Pier opens Front door and Back door and Old door and Other house
group Empty at Pier opens nothing
group Deleted at Pier opens Lift, gone
plan Flex desk opens Members
plan Empty plan opens Empty
plan Deleted plan opens Deleted

person Mira
Mira subscribes to Flex desk at Pier from 2026-03-01
2026-03-10 12:00 Mira at Front door → yes, by subscription
2026-03-10 12:00 Mira at Back door → yes, by subscription
2026-03-10 12:00 Mira at Old door → no, because door gone
2026-03-10 12:00 Mira at Other house → no, because other site
2026-03-10 12:00 Mira at Lonely door → no, because door in no group

person Noor
Noor subscribes to Empty plan at Pier from 2026-03-01
2026-03-10 12:00 Noor at Front door → no, because group without locks

person Finn
Finn subscribes to Deleted plan at Pier from 2026-03-01
2026-03-10 12:00 Finn at Lift → no, because group gone
2026-03-10 12:00 vendor must hold Finn in Deleted → nothing

# The whole account.
location Harbour in Europe/Lisbon
account at Harbour is disconnected
door Harbour door at Harbour
group Harbour members at Harbour opens Harbour door
plan Harbour desk opens Harbour members
Mira subscribes to Harbour desk at Harbour from 2026-03-01
2026-03-10 12:00 Mira at Harbour door → no, because not connected
2026-03-10 12:00 vendor must hold Mira in Harbour members → nothing
