# P-20. What an item opens is its plan's or its rented resource's, unless the item has its own; several groups at once.

location Pier in Europe/Berlin
door Front door at Pier
door Garage at Pier
door Corner office door at Pier
group Members at Pier opens Front door
group Parking at Pier opens Garage
group Corner at Pier opens Corner office door and Front door
plan Flex desk opens Members
plan Flex desk and car opens Members and Parking
office Corner office at Pier opens Corner
parking Bay 4 at Pier opens Parking

person Mira
Mira subscribes to Flex desk and car at Pier from 2026-03-01
2026-03-10 12:00 Mira at Front door → yes
2026-03-10 12:00 Mira at Garage → yes
2026-03-10 12:00 Mira at Corner office door → no, because nothing assigned

# Set on the item: exactly these, instead of the plan's.
person Noor
Noor subscribes to Flex desk at Pier from 2026-03-01, opening Parking
2026-03-10 12:00 Noor at Garage → yes, by subscription
2026-03-10 12:00 Noor at Front door → no, because nothing assigned
person Finn
Finn subscribes to Flex desk at Pier from 2026-03-01, opening nothing
2026-03-10 12:00 Finn at Front door → no, because nothing assigned

# Renting opens what the rented thing opens.
person Ada
Ada rents Corner office from 2026-03-01 to 2026-03-31
Ada rents Bay 4 from 2026-03-15
2026-03-10 12:00 Ada at Corner office door → yes, by subscription
2026-03-10 12:00 Ada at Front door → yes, by subscription
2026-03-10 12:00 Ada at Garage → no, because starts later, next 2026-03-15 00:00
