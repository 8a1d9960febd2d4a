# P-27. The page with the doors may be shown to members only; the right to open stays.

location Pier in Europe/Berlin
location Harbour in Europe/Lisbon
account at Pier is shown to members
account at Harbour is shown to network members
door Pier door at Pier
door Harbour door at Harbour
group Pier visitors at Pier opens Pier door
group Harbour visitors at Harbour opens Harbour door
room Blue room at Pier opens Pier visitors and Harbour visitors

person Mira
Mira is member of Harbour
Mira books Blue room on 2026-03-10 12:00 to 13:00
vendor holds Mira in Pier visitors from 2026-03-10 11:30 to 2026-03-10 13:30
vendor holds Mira in Harbour visitors from 2026-03-10 10:30 to 2026-03-10 12:30
2026-03-10 12:00 Mira at Pier door → yes, but page not visible
2026-03-10 11:30 Mira at Harbour door → yes, by booking

person Noor
Noor books Blue room on 2026-03-10 12:00 to 13:00
2026-03-10 11:30 Noor at Harbour door → yes, but page not visible
