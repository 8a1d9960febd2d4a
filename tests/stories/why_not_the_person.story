# P-27. Why not: the most helpful reason comes first.

location Pier in Europe/Berlin
door Front door at Pier
group Members at Pier opens Front door
plan Flex desk opens Members
room Blue room at Pier opens Members

# Two records of one person: the booking is on the other address.
person Mira Keller, e-mail mira@home.example
person mira keller, e-mail mira@work.example
mira keller books Blue room on 2026-03-10 12:00 to 13:00
2026-03-10 12:00 Mira Keller at Front door → no, because other e-mail
2026-03-10 14:00 Mira Keller at Front door → no, because nothing assigned
# The same address in another spelling.
person M. K., e-mail Mira+desk@work.example
2026-03-10 12:00 M. K. at Front door → no, because other e-mail

# What starts helps more than what is over.
person Noor
Noor subscribes to Flex desk at Pier from 2026-01-01 to 2026-01-31
Noor subscribes to Flex desk at Pier from 2026-04-01
2026-03-10 12:00 Noor at Front door → no, because starts later, next 2026-04-01 00:00

# Of many bookings the nearest is told, and what is asked for at this moment before what comes.
person Finn
Finn books Blue room on 2026-03-01 12:00 to 13:00
Finn books Blue room on 2026-03-20 12:00 to 13:00
Finn books Blue room on 2026-03-15 12:00 to 13:00
Finn books Blue room on 2026-03-10 12:00 to 13:00, requested
2026-03-05 12:00 Finn at Front door → no, because booking requested, next 2026-03-15 11:30
2026-03-10 12:00 Finn at Front door → no, because booking requested
2026-03-12 12:00 Finn at Front door → no, because starts later, next 2026-03-15 11:30
2026-03-16 12:00 Finn at Front door → no, because starts later, next 2026-03-20 11:30
