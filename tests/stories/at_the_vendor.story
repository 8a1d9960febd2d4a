# P-27. They may, and yet: what at the vendor may still keep the door shut is part of the answer.

location Pier in Europe/Berlin
door Front door at Pier
group Members at Pier opens Front door
plan Flex desk opens Members

person Mira
Mira subscribes to Flex desk at Pier from 2026-03-01
2026-03-10 12:00 Mira at Front door → yes, but not yet sent
vendor holds Mira in Members from 2026-03-01 00:00 to 2026-03-15 00:00
2026-03-10 12:00 Mira at Front door → yes, by subscription
# What was written ahead has run out.
2026-03-15 00:00 Mira at Front door → yes, but not yet sent

person Noor
Noor subscribes to Flex desk at Pier from 2026-03-01
vendor at Pier waits for the e-mail of Noor
2026-03-10 12:00 Noor at Front door → yes, but e-mail unconfirmed

person Finn
Finn subscribes to Flex desk at Pier from 2026-03-01
vendor at Pier refuses Finn
2026-03-10 12:00 Finn at Front door → yes, but vendor refused

person Ada
Ada subscribes to Flex desk at Pier from 2026-03-01
vendor holds Ada in Members from 2026-03-01 00:00 to 2026-03-15 00:00
vendor at Pier has switched off Ada
2026-03-10 12:00 Ada at Front door → yes, but switched off at the vendor

# A door, or a group, whose own settings keep phones out.
location Harbour in Europe/Lisbon
account at Harbour is signed out
door Harbour door at Harbour, restricted: opens at the reader only
group Harbour members at Harbour opens Harbour door
plan Harbour desk opens Harbour members
Mira subscribes to Harbour desk at Harbour from 2026-03-01
2026-03-10 12:00 Mira at Harbour door → yes, but sign-in needed

location Mill in Europe/Lisbon
door Mill door at Mill
group Mill members at Mill opens Mill door, restricted: no opening from an app
plan Mill desk opens Mill members
Mira subscribes to Mill desk at Mill from 2026-03-01
2026-03-10 12:00 Mira at Mill door → yes, but vendor restriction
